package redisgate

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/rueidis"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

var (
	pendingScript = reading("pending")
	forgetScript  = writing("forget")
)

// Pending is gate.Outbox's. Of the max oldest entries it returns those of age.
func (g *Gate) Pending(ctx context.Context, product string, age time.Duration, max int) ([]gate.Entry, error) {
	a, err := g.run(ctx, pendingScript, product, decimal(age.Microseconds()), strconv.Itoa(max))
	if err != nil {
		return nil, err
	}
	return a.entries(product)
}

// Forget is gate.Outbox's.
func (g *Gate) Forget(ctx context.Context, product string, entries []gate.EntryID) error {
	if len(entries) == 0 {
		return nil
	}
	args := make([]string, len(entries))
	for i, id := range entries {
		args[i] = string(id)
	}
	_, err := g.run(ctx, forgetScript, product, args...)
	return err
}

func (a *reply) entries(product string) ([]gate.Entry, error) {
	var out []gate.Entry
	for _, m := range a.list() {
		e, err := entry(product, m)
		if err != nil {
			return nil, fmt.Errorf("%w: outbox of product %s: %w", sale.ErrUnavailable, product, err)
		}
		out = append(out, e)
	}
	return out, a.err
}

// entry reads an entry as XRANGE has it: its id, and the fields of admit.lua.
func entry(product string, m rueidis.RedisMessage) (e gate.Entry, err error) {
	a := &reply{}
	a.values, err = m.ToArray()
	a.fail(err)
	e.ID = gate.EntryID(a.text())
	epoch, first, err := split(string(e.ID))
	a.fail(err)
	a.values = a.list()
	_, n, _, at, _, orders := a.text(), a.number(), a.text(), a.number(), a.text(), a.text()
	origins := "" // of programs that know of none, or of a gate that bounds none
	if len(a.values) > 0 {
		_, origins = a.text(), a.text()
	}
	if a.err != nil {
		return e, a.err
	}
	// What is not as it was written must not get into the log, where it would be poison.
	when := time.UnixMilli(at).UTC()
	if epoch < 1 || first < 1 || at < 1 || when.Year() > 9999 || n < 1 || n > int64(len(orders)/idSize) {
		return e, fmt.Errorf("an entry with the id %q, of %d orders in %d bytes, of %v", e.ID, n, len(orders), when)
	}
	e.Orders = make([]sale.Record, 0, n)
	for ; orders != ""; first++ {
		size := int(orders[0])
		if len(orders) < 1+size+idSize || !sale.CheckUser(orders[1:1+size]) {
			return e, errors.New("an entry was cut off")
		}
		origin := ""
		if origins != "" {
			if len(origins) < originSize {
				return e, errors.New("the origins of an entry were cut off")
			}
			origin, origins = strings.TrimLeft(origins[:originSize], " "), origins[originSize:]
			if origin != "" && !sale.CheckOrigin(origin) {
				return e, errors.New("an entry has an origin that is none")
			}
		}
		e.Orders = append(e.Orders, sale.Record{
			Kind: sale.KindOrder, ProductID: product, Epoch: epoch, At: when,
			UserID: orders[1 : 1+size], OrderID: sale.OrderID([]byte(orders[1+size : 1+size+idSize])), Seq: first, Origin: origin,
		})
		orders = orders[1+size+idSize:]
	}
	if int64(len(e.Orders)) != n {
		return e, fmt.Errorf("an entry has %d orders, and says %d", len(e.Orders), n)
	}
	return e, nil
}

func split(id string) (epoch, first int64, err error) {
	left, right, _ := strings.Cut(id, "-")
	if epoch, err = strconv.ParseInt(left, 10, 64); err != nil {
		return 0, 0, err
	}
	first, err = strconv.ParseInt(right, 10, 64)
	return epoch, first, err
}
