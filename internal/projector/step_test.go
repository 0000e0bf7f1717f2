package projector_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"seckill/internal/orderlog"
	"seckill/internal/orderstore"
	"seckill/internal/projector"
	"seckill/internal/sale"
)

// A batch ends before an opening, whosesoever it is, and at MaxBatch.
func TestBatchesEnd(t *testing.T) {
	s := newShop(t)
	buyer := func(n int) sale.Record { return order(product, n, fmt.Sprint("u", n)) }
	s.append(opening(product, 1, plenty))
	s.append(many(1, 2, buyer)...)
	s.append(opening("p2", 1, plenty), opening(product, 2, plenty), opening(product, 3, plenty))
	s.append(cancel(product, 1))
	s.append(many(3, projector.MaxBatch, buyer)...)
	s.steps(projector.NewCursor(0), 3, 1, 1, projector.MaxBatch, 2)
	if p := s.kept(product); p.Epoch != 3 || p.Cancelled != 1 || p.Placed != 1 {
		t.Errorf("%+v", p)
	}
	s.wantMark(3 + 3 + 1 + projector.MaxBatch)
}

// The reason for it: an opening asks for the most that anybody holds, which a
// batch that began before it would not know.
func TestAnOpeningSeesTheWholeTable(t *testing.T) {
	s := newShop(t)
	c := projector.NewCursor(0)
	s.append(opening(product, 1, plenty), order(product, 1, "a"), order(product, 2, "a"))
	s.steps(c, 3)
	lower := plenty
	lower.LimitPerUser = 1
	s.append(order(product, 3, "b"), opening(product, 2, lower))
	s.steps(c, 1, 1)
	if p := s.kept(product); !p.Refused || p.Terms != plenty || p.Epoch != 2 {
		t.Errorf("%+v", p)
	}
}

// An order's record that comes again is known, and its user's other orders count,
// whichever batch they were in.
func TestAnOrderSeesEarlierBatches(t *testing.T) {
	s := newShop(t)
	c := projector.NewCursor(0)
	one := plenty
	one.LimitPerUser = 1
	s.append(opening(product, 1, one), order(product, 1, "u"))
	s.steps(c, 2)
	s.append(order(product, 1, "u"))
	s.steps(c, 1)
	if p := s.kept(product); p.Placed != 1 || p.LastNumber != 1 || p.Rejected != 0 {
		t.Errorf("the same order again: %+v", p)
	}
	s.append(order(product, 2, "u"))
	s.steps(c, 1)
	if p := s.kept(product); p.Placed != 1 || p.Rejected != 1 || p.Recounts != 1 {
		t.Errorf("an order beyond the limit: %+v", p)
	}
	s.append(cancel(product, 1))
	s.steps(c, 1)
	s.append(order(product, 1, "u"))
	s.steps(c, 1)
	if p := s.kept(product); p.Placed != 0 || p.Cancelled != 1 || p.LastNumber != 1 {
		t.Errorf("an order that ended, again: %+v", p)
	}
}

// Several products in one batch are folded each by its own records, in order.
func TestProductsOfABatch(t *testing.T) {
	s := newShop(t)
	c := projector.NewCursor(0)
	s.append(opening("b", 1, plenty), opening("a", 1, plenty))
	s.steps(c, 1, 1)
	s.append(order("b", 1, "u"), order("a", 2, "u"), cancel("b", 1), order("b", 3, "u"))
	s.steps(c, 4)
	if a, b := s.kept("a"), s.kept("b"); a.Placed != 1 || a.Cancelled != 0 || b.Placed != 1 || b.Cancelled != 1 {
		t.Errorf("%+v\n%+v", a, b)
	}
	if len(s.told) != 2 || s.told[0].Product != s.kept("a") || s.told[1].Product != s.kept("b") || len(s.told[1].Touched()) != 2 {
		t.Errorf("the observer was told of %d products", len(s.told))
	}
}

// Two projectors of one partition: who comes second seeks its place again, and
// every record is folded once.
func TestAMovedPosition(t *testing.T) {
	s := newShop(t)
	a, b := projector.NewCursor(0), projector.NewCursor(0)
	s.append(opening(product, 1, plenty))
	s.onApply = func(do func() error) error { // b stands between its read and its commit
		s.onApply = func(do func() error) error { return do() }
		s.steps(a, 1)
		return do()
	}
	s.told = nil
	s.steps(b, 0)
	s.append(order(product, 1, "u"))
	s.steps(b, 1) // it has sought
	s.append(order(product, 2, "v"))
	s.steps(a, 0, 1)
	s.append(cancel(product, 1))
	s.steps(b, 0, 1)
	if p := s.kept(product); p.Epoch != 1 || p.Placed != 1 || p.Cancelled != 1 || p.LastNumber != 2 || p.LastReturn != 1 {
		t.Errorf("%+v", p)
	}
	s.wantMark(4)
}

// A commit of which nobody knows: the position tells.
func TestACommitThatFails(t *testing.T) {
	for _, isDone := range []bool{false, true} {
		s := newShop(t)
		c := projector.NewCursor(0)
		s.append(opening(product, 1, plenty), order(product, 1, "u"))
		s.onApply = func(do func() error) error {
			if isDone {
				if err := do(); err != nil {
					t.Fatal(err)
				}
			}
			return sale.ErrUnavailable
		}
		if n, err := s.Step(t.Context(), c); n != 0 || !errors.Is(err, sale.ErrUnavailable) || s.told != nil {
			t.Fatalf("%d lines, %v", n, err)
		}
		s.onApply = func(do func() error) error { return do() }
		s.append(order(product, 2, "v"))
		s.drain(c)
		if p := s.kept(product); p.Placed != 2 || p.LastNumber != 2 {
			t.Errorf("done %v: %+v", isDone, p)
		}
	}
}

// Poison stops nothing: it is kept as a dead letter, and counted if its
// product can be told.
func TestPoison(t *testing.T) {
	s := newShop(t)
	s.append(opening(product, 1, plenty), order(product, 1, "u"))
	s.append(order(product, 2, "{u}"))
	s.append(order("{p}", 3, "u"))
	s.append(order("p9", 4, "{u}")) // of a product that never was
	s.append(order(product, 5, "v"))
	s.steps(projector.NewCursor(0), 6)
	if p := s.kept(product); p.Placed != 2 || p.Recounts != 1 {
		t.Errorf("%+v", p)
	}
	if _, err := s.store.Product(t.Context(), "p9"); !errors.Is(err, sale.ErrNotFound) {
		t.Errorf("poison made a product: %v", err)
	}
	letters := s.letters()
	if len(letters) != 3 || s.dead != 3 {
		t.Fatalf("the observer was told of %d, not of %+v", s.dead, letters)
	}
	for i, product := range []string{product, "", "p9"} { // what is no id is no product
		l := letters[i]
		if l.Position != (sale.Position{Offset: int64(2 + i)}) || l.Product != product || l.Reason == "" || !strings.Contains(string(l.Raw), `"order_id"`) {
			t.Errorf("%+v", l)
		}
	}
	s.wantMark(6)
}

// An order under the id of another product's is poison, in the same batch and later.
// Its constraints would refuse it, again and again.
func TestTheIdOfAnotherProductsOrder(t *testing.T) {
	s := newShop(t)
	c := projector.NewCursor(0)
	s.append(opening("a", 1, plenty), opening("b", 1, plenty))
	s.steps(c, 1, 1)
	s.append(order("a", 1, "u"), order("b", 2, "u"), order("b", 1, "v"), order("b", 3, "v"), cancel("b", 1))
	s.steps(c, 2, 3)
	s.append(order("b", 1, "u"), order("a", 4, "w"))
	s.steps(c, 2)
	if a, b := s.kept("a"), s.kept("b"); a.Placed != 2 || a.Recounts != 0 || b.Placed != 2 || b.Recounts != 2 {
		t.Errorf("%+v\n%+v", a, b)
	}
	for i, l := range s.letters() {
		if at := []int64{4, 7}[i]; l.Position.Offset != at || l.Product != "b" || !strings.Contains(l.Reason, "another product's order") || !strings.Contains(string(l.Raw), id(1).String()) {
			t.Errorf("%+v", l)
		}
	}
	s.wantMark(9)
}

func TestNothingButPoison(t *testing.T) {
	s := newShop(t)
	c := projector.NewCursor(0)
	s.append(order("{p}", 1, "u"))
	s.steps(c, 1)
	s.append(order("{p}", 1, "u"), opening(product, 1, plenty))
	s.steps(c, 1, 1)
	if n := len(s.letters()); n != 2 || s.kept(product).Epoch != 1 {
		t.Errorf("%d dead letters", n)
	}
}

func (s *shop) letters() (letters []orderstore.DeadLetter) {
	s.t.Helper()
	err := s.store.Audit(s.t.Context(), func(snap orderstore.Snapshot) (err error) {
		letters, err = snap.DeadLetters()
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return letters
}

// A store that was filled from another log, or further than this one goes, is
// told before anything is folded.
func TestAStoreOfAnotherLog(t *testing.T) {
	for name, c := range map[string]struct {
		mark func(own orderlog.Source) orderstore.Mark
		says string
	}{
		"another cluster": {func(own orderlog.Source) orderstore.Mark {
			own.Cluster = "other"
			return orderstore.Mark{Next: 1, Source: own}
		}, "from the log other,"},
		"another topic": {func(own orderlog.Source) orderstore.Mark {
			own.Topic = "other"
			return orderstore.Mark{Next: 1, Source: own}
		}, "/other"},
		"a lower leader": {func(own orderlog.Source) orderstore.Mark {
			own.Leader++
			return orderstore.Mark{Next: 1, Source: own}
		}, "leader epoch 1 of partition 0, and the log is at 0"},
		"beyond its end": {func(own orderlog.Source) orderstore.Mark {
			return orderstore.Mark{Next: 2, Source: own}
		}, "up to 2, and the log ends at 1"},
		"behind another record": {func(own orderlog.Source) orderstore.Mark {
			return orderstore.Mark{Next: 1, Sum: 1, Source: own}
		}, "another record at offset 0 than the store has folded there: the log was cut off, and grew again"},
		"at its end": {func(own orderlog.Source) orderstore.Mark {
			return orderstore.Mark{Next: 1, Source: own}
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			s.append(opening(product, 1, plenty))
			own, err := s.log.Source(t.Context(), 0)
			if err != nil {
				t.Fatal(err)
			}
			err = s.store.Apply(t.Context(), orderstore.Batch{To: c.mark(own)}, nothing)
			if err != nil {
				t.Fatal(err)
			}
			err = s.Check(t.Context(), 0)
			if c.says == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if !errors.Is(err, sale.ErrDamaged) || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("%v, which does not say %q", err, c.says)
			}
			if again := s.Run(t.Context(), 0, never); again == nil || again.Error() != err.Error() {
				t.Errorf("run: %v", again)
			}
		})
	}
}

func nothing(time.Time, []*sale.State) []orderstore.DeadLetter { return nil }

// A step waits for the first line.
func TestAStepWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		c := projector.NewCursor(0)
		met := make(chan int)
		go func() {
			n, err := s.Step(t.Context(), c)
			if err != nil {
				t.Error(err)
			}
			met <- n
		}()
		synctest.Wait()
		select {
		case n := <-met:
			t.Fatalf("it met %d lines of an empty log", n)
		default:
		}
		s.append(opening(product, 1, plenty))
		if n := <-met; n != 1 {
			t.Errorf("%d lines", n)
		}
		ctx, stop := context.WithCancel(t.Context())
		go stop()
		if _, err := s.Step(ctx, c); !errors.Is(err, context.Canceled) {
			t.Errorf("after its end: %v", err)
		}
		s.log.Close()
		s.store.Close()
	})
}

// A log whose state lacks its end is half a sale, whatever the tables have of it: those of a restore that was
// killed may have been removed.
func TestAStateThatWasBrokenOff(t *testing.T) {
	s := newShop(t)
	check := func() error { return projector.New(s.log, s.store, nil, nil).CheckState(t.Context(), 0) }
	if err := check(); err != nil {
		t.Error("an empty log:", err)
	}
	chunk := func(n int64) sale.Record {
		return sale.Record{Kind: sale.KindState, ProductID: fmt.Sprint("p", n), Epoch: 1, At: time.Unix(1, 0), Chunk: &sale.Chunk{Number: n, Of: 2, Recovery: map[int64]*sale.Recovery{1: {Why: []string{"gone"}}}[n], Product: &sale.Product{ID: fmt.Sprint("p", n), Epoch: 1, Nonce: "n", Terms: plenty, Deleted: true}}}
	}
	s.append(chunk(1))
	if l, err := s.log.Read(t.Context(), 0, 0, 1); err != nil || l[0].Poison != nil {
		t.Fatal(err, l[0].Poison)
	}
	if err := check(); !errors.Is(err, sale.ErrDamaged) || !strings.Contains(err.Error(), "broken off") {
		t.Error("one of two chunks:", err)
	}
	s.append(chunk(2))
	if err := check(); err != nil {
		t.Error("both:", err)
	}
}
