package redisgate

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/redis/rueidis"

	"seckill/internal/crash"
	"seckill/internal/gate"
)

const (
	loadChunk  = 4000 // holdings that one script takes
	loadWindow = 4    // scripts on their way at once
	idSize     = 16
	originSize = 16
)

var (
	shutScript   = writing("shut")
	loadScript   = whole("load")
	openScript   = writing("open")
	removeScript = writing("remove")
)

// Shut is gate.Opener's.
func (g *Gate) Shut(ctx context.Context, product string, epoch int64) (incarnation string, now time.Time, err error) {
	a, err := g.run(ctx, shutScript, product, decimal(epoch))
	if err != nil {
		return "", time.Time{}, err
	}
	incarnation, now = a.text(), a.moment()
	return incarnation, now, a.err
}

// Load is gate.Opener's. More than one script of a call are on their way at once,
// and one that fails does not stop those behind it: it is the error that says
// that not all is loaded.
func (g *Gate) Load(ctx context.Context, product string, epoch int64, incarnation string, holdings []gate.Holding) error {
	if len(holdings) == 0 { // is the gate still this opener's?
		_, err := g.run(ctx, loadScript, product, decimal(epoch), incarnation)
		return err
	}
	for window := range slices.Chunk(holdings, loadWindow*loadChunk) {
		var calls []rueidis.LuaExec
		for chunk := range slices.Chunk(window, loadChunk) {
			args := append([]string{decimal(epoch), incarnation}, marked(chunk)...)
			calls = append(calls, rueidis.LuaExec{Keys: g.keys(product), Args: args})
		}
		if err := g.load(ctx, product, calls); err != nil {
			return err
		}
	}
	return nil
}

func (g *Gate) load(ctx context.Context, product string, calls []rueidis.LuaExec) error {
	if err := g.ready(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, g.timeout)
	defer cancel()
	results := loadScript.lua.ExecMulti(ctx, g.client, calls...)
	crash.At("redisgate: buyers are loaded")
	for _, result := range results {
		if _, err := loadScript.read(product, result); err != nil {
			return err
		}
	}
	return nil
}

// marked are the users, and then as many orders, each with the mark of load.lua, and what it counts against.
func marked(chunk []gate.Holding) []string {
	args := make([]string, 0, 2*len(chunk))
	orders := make([]byte, 0, (1+idSize+originSize)*len(chunk))
	ends := make([]int, len(chunk))
	for i, h := range chunk {
		args = append(args, h.User)
		mark := byte('h')
		if h.Ended {
			mark = 'e'
		}
		orders = append(append(append(orders, mark), h.Order[:]...), h.Origin...)
		ends[i] = len(orders)
	}
	all, from := string(orders), 0
	for _, end := range ends {
		args = append(args, all[from:end])
		from = end
	}
	return args
}

// Open is gate.Opener's. What was kept of older epochs went with Shut.
func (g *Gate) Open(ctx context.Context, product string, epoch int64, incarnation string, start gate.Start) error {
	t, state := &start.Terms, "open"
	if t.Group != "" || t.UnpaidPerAddress > 0 {
		state = "grouped"
	}
	_, err := g.run(ctx, openScript, product, decimal(epoch), incarnation, "state", state, "group", t.Group, "unpaid", strconv.Itoa(t.UnpaidPerAddress),
		"remaining", decimal(start.Remaining), "returned", decimal(start.Returned),
		"limit", strconv.Itoa(t.LimitPerUser), "orders", strconv.Itoa(t.OrdersPerUser), "opens", millis(t.OpensAt), "closes", millis(t.ClosesAt),
		"paused", flag(t.Paused), "closed", flag(t.Closed), "partition", decimal(int64(t.Partition)))
	return err
}

// Remove is gate.Opener's.
func (g *Gate) Remove(ctx context.Context, product string, epoch int64) error {
	_, err := g.run(ctx, removeScript, product, decimal(epoch))
	return err
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// millis is empty for no time.
func millis(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return decimal(t.UnixMilli())
}

func flag(is bool) string {
	if is {
		return "1"
	}
	return "0"
}
