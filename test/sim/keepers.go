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

// call carries one call over the network: it may be late, lost, or done with its
// answer lost, now or later. lost is the error of an outcome that is unknown.
func (w *world) call(what string, lost error, f func() error) error {
	w.yield(what)
	switch {
	case w.chance(60):
		w.note(w.turn.name, "request lost")
		return fmt.Errorf("%s: %w", what, sale.ErrUnavailable)
	case w.chance(60):
		_ = f()
		w.yield("answer lost")
		return fmt.Errorf("%s: %w", what, lost)
	case w.chance(120):
		name, late := w.turn.name, time.Duration(w.rng.IntN(3000))*time.Millisecond
		w.spawn(nil, name+" late "+what, func() {
			w.sleep(late)
			_ = f()
		})
		w.yield("request late")
		return fmt.Errorf("%s: %w", what, lost)
	}
	err := f()
	w.yield("answered")
	return err
}

// ask is a call that changes nothing.
func (w *world) ask(what string, f func() error) error {
	return w.call(what, sale.ErrUnavailable, f)
}

// A netGate is the world's gate as one process reaches it.
type netGate struct{ w *system }

func (g netGate) Admit(ctx context.Context, product string, batch []gate.Request) (a gate.Admission, err error) {
	err = g.w.call("admit", sale.ErrUnknownOutcome, func() (err error) {
		a, err = g.w.gate.Admit(ctx, product, batch)
		return err
	})
	return a, err
}

func (g netGate) Shut(ctx context.Context, product string, epoch int64) (in string, now time.Time, err error) {
	err = g.w.call("shut", sale.ErrUnknownOutcome, func() (err error) {
		in, now, err = g.w.gate.Shut(ctx, product, epoch)
		return err
	})
	return in, now, err
}

func (g netGate) Load(ctx context.Context, product string, epoch int64, in string, hs []gate.Holding) error {
	return g.w.call("load", sale.ErrUnknownOutcome, func() error { return g.w.gate.Load(ctx, product, epoch, in, hs) })
}

func (g netGate) Open(ctx context.Context, product string, epoch int64, in string, s gate.Start) error {
	return g.w.call("open", sale.ErrUnknownOutcome, func() error { return g.w.gate.Open(ctx, product, epoch, in, s) })
}

func (g netGate) Remove(ctx context.Context, product string, epoch int64) error {
	return g.w.call("remove", sale.ErrUnknownOutcome, func() error { return g.w.gate.Remove(ctx, product, epoch) })
}

func (g netGate) Pending(ctx context.Context, product string, age time.Duration, max int) (es []gate.Entry, err error) {
	err = g.w.ask("pending", func() (err error) {
		es, err = g.w.gate.Pending(ctx, product, age, max)
		return err
	})
	return es, err
}

func (g netGate) Forget(ctx context.Context, product string, es []gate.EntryID) error {
	return g.w.call("forget", sale.ErrUnknownOutcome, func() error { return g.w.gate.Forget(ctx, product, es) })
}

func (g netGate) Return(ctx context.Context, product string, epoch int64, rs []sale.Return) (n int64, err error) {
	err = g.w.call("return", sale.ErrUnknownOutcome, func() (err error) {
		n, err = g.w.gate.Return(ctx, product, epoch, rs)
		return err
	})
	return n, err
}

func (g netGate) View(ctx context.Context, product string) (v gate.View, err error) {
	err = g.w.ask("view", func() (err error) {
		v, err = g.w.gate.View(ctx, product)
		return err
	})
	return v, err
}

func (g netGate) Users(ctx context.Context, product string, epoch int64, f func(string)) error {
	return g.w.ask("users", func() error { return g.w.gate.Users(ctx, product, epoch, f) })
}

func (g netGate) Knows(ctx context.Context, product string, epoch int64, user string, order sale.OrderID) (known bool, err error) {
	err = g.w.ask("knows", func() (err error) {
		known, err = g.w.gate.Knows(ctx, product, epoch, user, order)
		return err
	})
	return known, err
}

func (g netGate) Cut(ctx context.Context, product string) (v gate.View, es []gate.Entry, err error) {
	err = g.w.ask("cut", func() (err error) {
		v, es, err = g.w.gate.Cut(ctx, product)
		return err
	})
	return v, es, err
}

// A netLog is the world's log as one process reaches it.
type netLog struct {
	*memLog
	w *system
}

func (l netLog) Append(ctx context.Context, partition int32, records []sale.Record) (at sale.Position, err error) {
	err = l.w.call("append", sale.ErrUnknownOutcome, func() (err error) {
		if l.w.chance(100) { // the first few are in, and the rest is not
			_, _ = l.memLog.Append(ctx, partition, records[:l.w.rng.IntN(len(records)+1)])
			return fmt.Errorf("append: %w", sale.ErrUnknownOutcome)
		}
		at, err = l.memLog.Append(ctx, partition, records)
		return err
	})
	return at, err
}

func (l netLog) Read(ctx context.Context, partition int32, from int64, max int) (lines []orderlog.Line, err error) {
	// What comes at once is cut at random, so that batches end anywhere.
	max = 1 + l.w.rng.IntN(min(max, 20))
	l.w.until("reads", func() bool {
		_, end, _ := l.memLog.Bounds(ctx, partition)
		return end > from || ctx.Err() != nil
	})
	err = l.w.ask("read", func() (err error) {
		if err = ctx.Err(); err == nil {
			lines, err = l.memLog.Read(ctx, partition, from, max)
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

func (s netStore) Products(ctx context.Context) (ps []sale.Product, err error) {
	err = s.w.ask("products", func() (err error) {
		ps, err = s.memStore.Products(ctx)
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
	passed := func() bool {
		mark, _ := s.memStore.Mark(ctx, at.Partition)
		return mark.Next > at.Offset
	}
	s.w.until("passed", func() bool { return passed() || ctx.Err() != nil })
	if !passed() {
		return fmt.Errorf("store: %w: %w", sale.ErrUnavailable, ctx.Err())
	}
	return nil
}
