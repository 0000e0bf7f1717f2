package sim

import (
	"context"
	"fmt"
	"time"

	"seckill/internal/gate"
	"seckill/internal/orderlog"
	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// A netGate is the gates as one process reaches them: at the server that it
// takes for the primary when it calls.
type netGate struct{ p *process }

func (g netGate) Admit(ctx context.Context, product string, try gate.Try, batch []gate.Request) (a gate.Admission, err error) {
	if g.p.barred() {
		return a, errBarred
	}
	to, life, sent := g.p.gate, g.p.life, g.p.sys.now
	err = g.p.sys.callOnce("admit", sale.ErrUnknownOutcome, func() (err error) { // the driver sends none twice
		if g.p.older() {
			if v, err := to.View(ctx, product); err == nil && v.Terms.Group != "" {
				return sale.ErrShut
			}
		}
		a, err = to.Admit(ctx, product, try, batch)
		g.p.sys.admitted(g.p, life, product, sent, batch, a)
		return err
	})
	return a, err
}

func (g netGate) Shut(ctx context.Context, product string, epoch int64) (in string, now time.Time, err error) {
	if g.p.barred() {
		return in, now, errBarred
	}
	to := g.p.gate
	err = g.p.sys.call("shut", sale.ErrUnknownOutcome, func() (err error) {
		in, now, err = to.Shut(ctx, product, epoch)
		return err
	})
	return in, now, err
}

func (g netGate) Load(ctx context.Context, product string, epoch int64, in string, hs []gate.Holding) error {
	to := g.p.gate
	if g.p.sys.large && len(hs) > 0 {
		g.p.sys.sleep(time.Duration(len(hs)) * 250 * time.Millisecond)
	}
	return g.p.sys.callOnce("load", sale.ErrUnknownOutcome, func() error { return to.Load(ctx, product, epoch, in, hs) })
}

func (g netGate) Open(ctx context.Context, product string, epoch int64, in string, s gate.Start) error {
	to := g.p.gate
	return g.p.sys.call("open", sale.ErrUnknownOutcome, func() error { return to.Open(ctx, product, epoch, in, s) })
}

func (g netGate) Remove(ctx context.Context, product string, epoch int64) error {
	to := g.p.gate
	return g.p.sys.call("remove", sale.ErrUnknownOutcome, func() error { return to.Remove(ctx, product, epoch) })
}

func (g netGate) Pending(ctx context.Context, product string, age time.Duration, max int) (es []gate.Entry, err error) {
	to := g.p.gate
	err = g.p.sys.ask("pending", func() (err error) {
		es, err = to.Pending(ctx, product, age, max)
		return err
	})
	return es, err
}

func (g netGate) Forget(ctx context.Context, product string, es []gate.EntryID) error {
	to := g.p.gate
	return g.p.sys.call("forget", sale.ErrUnknownOutcome, func() error { return to.Forget(ctx, product, es) })
}

func (g netGate) Return(ctx context.Context, product string, epoch int64, rs []sale.Return) (n int64, err error) {
	to := g.p.gate
	err = g.p.sys.call("return", sale.ErrUnknownOutcome, func() (err error) {
		n, err = to.Return(ctx, product, epoch, rs)
		return err
	})
	return n, err
}

func (g netGate) View(ctx context.Context, product string) (v gate.View, err error) {
	if g.p.barred() {
		return v, errBarred
	}
	to := g.p.gate
	err = g.p.sys.ask("view", func() (err error) {
		if v, err = to.View(ctx, product); err == nil && (v.Terms.Group != "" || v.Terms.UnpaidPerAddress > 0) && g.p.older() {
			v, err = gate.View{Epoch: v.Epoch}, sale.ErrShut
		}
		return err
	})
	return v, err
}

func (g netGate) Users(ctx context.Context, product string, epoch, from int64, f func(string)) error {
	to := g.p.gate
	return g.p.sys.ask("users", func() error { return to.Users(ctx, product, epoch, from, f) })
}

func (g netGate) Knows(ctx context.Context, product string, epoch int64, user string, order sale.OrderID) (known bool, err error) {
	to := g.p.gate
	err = g.p.sys.ask("knows", func() (err error) {
		known, err = to.Knows(ctx, product, epoch, user, order)
		return err
	})
	return known, err
}

func (g netGate) Cut(ctx context.Context, product string) (c gate.Cut, err error) {
	to := g.p.gate
	err = g.p.sys.ask("cut", func() (err error) {
		c, err = to.Cut(ctx, product)
		return err
	})
	return c, err
}

// A netLog is the world's log as one process reaches it.
type netLog struct {
	*memLog
	p *process
}

func (l netLog) Append(ctx context.Context, partition int32, records []sale.Record) (at sale.Position, err error) {
	if l.p.barred() {
		return at, errBarred
	}
	w, version := l.p.sys, l.p.writes(records)
	for i := range records {
		if l.p.older() {
			records[i].Terms.Group = ""
		}
		if records[i].By != "" {
			records[i], _ = orderlog.Writable(ctx, records[i], w.store.Allow) // what may not be written even so is found below
		}
		if needs := records[i].Version(); w.upgrade.on && needs > max(1, w.store.allowed) {
			w.broken = append(w.broken, fmt.Sprintf("%s appends a record of version %d, which was not asked for", l.p.name, needs))
		}
	}
	if w.slowLog && w.faults && w.rng.IntN(3) == 0 {
		w.sleep(w.ms(400))
	}
	err = w.call("append", sale.ErrUnknownOutcome, func() (err error) {
		switch {
		case w.embedded:
			return l.commit(ctx, &at, partition, records)
		case w.chance(100): // the first few are in, and the rest is not
			_, _ = l.memLog.Append(ctx, partition, records[:w.rng.IntN(len(records)+1)])
			return fmt.Errorf("append: %w", sale.ErrUnknownOutcome)
		case w.chance(120):
			w.note("world", "a record rots on its way")
			at = l.rot(partition, records, w.rng.IntN(len(records)))
			return nil
		}
		at, err = l.memLog.appendAs(ctx, partition, records, version)
		return err
	})
	return at, err
}

// commit is the append of the embedded mode: all or none of the records, and no
// other one after one that failed, for then the process stops.
func (l netLog) commit(ctx context.Context, at *sale.Position, partition int32, records []sale.Record) (err error) {
	w, life := l.p.sys, l.p.life
	if w.chance(300) && !l.p.halting {
		l.p.halting = true
		if w.rng.IntN(2) == 0 {
			_, _ = l.memLog.Append(context.Background(), partition, records)
		}
		late := w.ms(50)
		w.spawn(nil, "halt", func() {
			w.sleep(late)
			if l.p.life == life {
				w.crashAndRestart(l.p)
			}
		})
	}
	if l.p.halting {
		return fmt.Errorf("append: %w", sale.ErrUnknownOutcome)
	}
	*at, err = l.memLog.Append(ctx, partition, records)
	return err
}

// rot appends records of which one cannot be read any more.
func (l netLog) rot(partition int32, records []sale.Record, n int) sale.Position {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, r := range records {
		raw := r.AppendBody(nil)
		if i == n {
			raw = raw[:len(raw)/2]
		}
		l.add(partition, r.ProductID, r.Kind, r.Version(), r.Epoch, raw)
	}
	return sale.Position{Partition: partition, Offset: int64(len(l.partitions[partition])) - 1}
}

func (l netLog) Read(ctx context.Context, partition int32, from int64, max int) (lines []orderlog.Line, err error) {
	w := l.p.sys
	if l.p.barred() {
		return nil, errBarred
	}
	// What comes at once is cut at random, so that batches end anywhere.
	max = 1 + w.rng.IntN(min(max, 20))
	w.until(ctx, "reads", func() bool {
		return l.readable(partition) > from
	})
	err = w.ask("read", func() (err error) {
		if err = ctx.Err(); err == nil {
			lines, err = l.readAs(ctx, partition, from, max, l.p.reads)
		}
		return err
	})
	return lines, err
}

// A netStore is the world's store as one process reaches it.
type netStore struct {
	*memStore
	w *system
}

func (s netStore) Apply(ctx context.Context, b orderstore.Batch, fold func(time.Time, []*sale.State) []orderstore.DeadLetter) error {
	return s.w.call("apply", sale.ErrUnavailable, func() error { return s.memStore.Apply(ctx, b, fold) })
}

func (s netStore) Product(ctx context.Context, id string) (p sale.Product, err error) {
	err = s.w.ask("product", func() (err error) {
		p, err = s.memStore.Product(ctx, id)
		return err
	})
	return p, err
}

func (s netStore) Products(ctx context.Context, deleted bool) (ps []sale.Product, err error) {
	err = s.w.ask("products", func() (err error) {
		ps, err = s.memStore.Products(ctx, deleted)
		return err
	})
	return ps, err
}

func (s netStore) Order(ctx context.Context, id sale.OrderID) (o sale.Order, err error) {
	err = s.w.ask("order", func() (err error) {
		o, err = s.memStore.Order(ctx, id)
		return err
	})
	return o, err
}

func (s netStore) OrdersByID(ctx context.Context, ids []sale.OrderID) (orders []sale.Order, err error) {
	err = s.w.ask("orders", func() (err error) {
		orders, err = s.memStore.OrdersByID(ctx, ids)
		return err
	})
	return orders, err
}

func (s netStore) Snapshot(ctx context.Context, product string, f func([]sale.Order) error) (p sale.Product, err error) {
	s.w.yield("snapshot")
	return s.memStore.Snapshot(ctx, product, func(orders []sale.Order) error {
		for len(orders) > 0 { // in small chunks, so that a load can be half done
			n := min(len(orders), 1+s.w.rng.IntN(10))
			if err := f(orders[:n]); err != nil {
				return err
			}
			orders = orders[n:]
		}
		return nil
	})
}

func (s netStore) Passed(ctx context.Context, at sale.Position) error {
	if s.w.until(ctx, "passed", func() bool {
		mark, _ := s.memStore.Mark(ctx, at.Partition)
		return mark.Next > at.Offset
	}) {
		return nil
	}
	return fmt.Errorf("store: %w: %w", sale.ErrUnavailable, ctx.Err())
}
