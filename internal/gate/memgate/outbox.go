package memgate

import (
	"context"
	"slices"
	"strconv"
	"time"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

// outbox holds the admitted orders that are not known to be in the log, oldest
// first. Entries leave from anywhere in it, mostly from its front; one that has
// left is an entry without orders until all before it have left, too.
type outbox struct {
	entries []entry
	gone    int                  // how many at the front of entries have left
	cut     int                  // how many were cut from the front of entries, ever
	place   map[gate.EntryID]int // index in entries, plus cut
	orders  int
}

// entry is what one batch admitted. The seqs of its orders are dense, so that
// only the first is kept; records are made of it on demand, for few ever ask.
type entry struct {
	id           gate.EntryID
	epoch, first int64
	at           time.Time
	orders       []gate.Request
}

func (b *outbox) add(e entry) gate.EntryID {
	var buf [41]byte
	id := strconv.AppendInt(buf[:0], e.epoch, 10)
	id = strconv.AppendInt(append(id, '-'), e.first, 10)
	e.id = gate.EntryID(id)
	if b.place == nil {
		b.place = map[gate.EntryID]int{}
	}
	b.place[e.id] = b.cut + len(b.entries)
	b.entries = append(b.entries, e)
	b.orders += len(e.orders)
	return e.id
}

func (b *outbox) forget(id gate.EntryID) {
	at, there := b.place[id]
	if !there {
		return
	}
	delete(b.place, id)
	e := &b.entries[at-b.cut]
	b.orders -= len(e.orders)
	e.orders = nil
	for b.gone < len(b.entries) && b.entries[b.gone].orders == nil {
		b.gone++
	}
	if 2*b.gone >= len(b.entries) { // so each is moved once, by and large
		b.entries = slices.Delete(b.entries, 0, b.gone)
		b.cut += b.gone
		b.gone = 0
	}
}

// records are at most max entries of at least this age. All are at least of age
// 0, whatever the clock has done.
func (b *outbox) records(product string, now time.Time, age time.Duration, max int) []gate.Entry {
	var out []gate.Entry
	for _, e := range b.entries[b.gone:] {
		if len(out) >= max {
			break
		}
		young := age > 0 && now.Sub(e.at) < age
		if e.orders != nil && !young {
			out = append(out, e.records(product))
		}
	}
	return out
}

func (e *entry) records(product string) gate.Entry {
	at := e.at.UTC().Truncate(time.Millisecond)
	out := gate.Entry{ID: e.id, Orders: make([]sale.Record, len(e.orders))}
	for i, r := range e.orders {
		out.Orders[i] = sale.Record{
			Kind: sale.KindOrder, ProductID: product, Epoch: e.epoch, At: at,
			OrderID: r.Order, UserID: r.User, Seq: e.first + int64(i), Origin: r.Origin,
		}
	}
	return out
}

// Pending is gate.Outbox's.
func (g *Gate) Pending(_ context.Context, id string, age time.Duration, max int) ([]gate.Entry, error) {
	p := g.product(id)
	if p == nil {
		return nil, nil
	}
	defer p.mu.Unlock()
	return p.outbox.records(id, g.o.Now(), age, max), nil
}

// Forget is gate.Outbox's.
func (g *Gate) Forget(_ context.Context, id string, entries []gate.EntryID) error {
	p := g.product(id)
	if p == nil {
		return nil
	}
	defer p.mu.Unlock()
	for _, e := range entries {
		p.outbox.forget(e)
	}
	return nil
}
