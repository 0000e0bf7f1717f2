package opening_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"seckill/internal/gate"
	"seckill/internal/opening"
	"seckill/internal/sale"
)

func (s *shop) clock() time.Time { return s.now }

func order(epoch int64, n int, user string) sale.Record {
	return sale.Record{Kind: sale.KindOrder, ProductID: product, Epoch: epoch, OrderID: id(n), UserID: user, Seq: int64(n), At: time.UnixMilli(1)}
}

// Each trigger, on a product whose gate is open at epoch 1.
func TestTriggers(t *testing.T) {
	terms := sale.Terms{Quantity: 1, LimitPerUser: 1}
	for name, c := range map[string]struct {
		happens func(s *shop)
		due     int
	}{
		"nothing": {func(*shop) {}, 0},
		"the gate is gone": {func(s *shop) {
			if err := s.gate.Remove(s.t.Context(), product, 1); err != nil {
				s.t.Fatal(err)
			}
		}, 1},
		"the gate is fenced": {func(s *shop) {
			s.hooks["view"] = func(func() error) error { return sale.ErrFenced }
		}, 1},
		"the gate cannot be reached": {func(s *shop) {
			s.hooks["view"] = func(func() error) error { return sale.ErrUnavailable }
		}, 0},
		"the store is ahead": {func(s *shop) {
			s.append(sale.Record{Kind: sale.KindOpening, ProductID: product, Epoch: 2, Nonce: "other", Terms: terms, At: s.now})
		}, 1},
		"the gate is ahead": {func(s *shop) { s.ahead(2) }, 1},
		"the gate was opened since": {func(s *shop) {
			s.ahead(2)
			s.append(sale.Record{Kind: sale.KindOpening, ProductID: product, Epoch: 2, Nonce: "other", Terms: terms, At: s.now})
			s.stale = true
		}, 0},
		"the gate is paused by hand": {func(s *shop) {
			in, _, err := s.gate.Shut(s.t.Context(), product, 2)
			wrong := start(1)
			wrong.Terms.Paused = true
			if err = errors.Join(err, s.gate.Open(s.t.Context(), product, 2, in, wrong)); err != nil {
				s.t.Fatal(err)
			}
			s.append(sale.Record{Kind: sale.KindOpening, ProductID: product, Epoch: 2, Nonce: "other", Terms: terms, At: s.now})
		}, 1},
		"orders came": {func(s *shop) { s.append(order(1, 1, "a")) }, 0},
		"poison was counted": {func(s *shop) {
			s.append(order(1, 1, "not an id"))
		}, 1},
		"an order was rejected": {func(s *shop) {
			s.append(order(1, 1, "a"), order(1, 2, "b"))
		}, 1},
		"an order of an old epoch": {func(s *shop) { s.append(order(0, 1, "a")) }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			s.put(terms)
			w := opening.NewMonitor(s.Opener, s.clock)
			c.happens(s)
			if due := s.due(w); due != c.due {
				t.Errorf("%d attempts are due, not %d", due, c.due)
			}
			if c.due == 0 {
				return
			}
			s.hooks = map[string]hook{}
			s.recover()
			p := s.kept()
			s.wantOpen(p.Epoch, 1-p.Held)
			if due := s.due(w); due != 0 {
				t.Errorf("%d attempts are due after that", due)
			}
		})
	}
}

// A gate that is shut is its opener's, for five seconds from when it was first seen so.
func TestAnOpenerThatIsGone(t *testing.T) {
	s := newShop(t)
	s.put(sale.Terms{Quantity: 1})
	w := opening.NewMonitor(s.Opener, s.clock)
	shut := func(epoch int64) {
		t.Helper()
		if _, _, err := s.gate.Shut(t.Context(), product, epoch); err != nil {
			t.Fatal(err)
		}
	}
	wantAfter := func(d time.Duration, want int) {
		t.Helper()
		if s.now = s.now.Add(d); s.due(w) != want {
			t.Errorf("after %v: not %d attempts are due", d, want)
		}
	}
	shut(2)
	wantAfter(time.Hour, 0) // seen now
	wantAfter(opening.OpenerGone-1, 0)
	wantAfter(1, 1)
	wantAfter(time.Second, 1) // for as long as it is shut
	shut(3)                   // another opener is at work
	wantAfter(0, 0)
	wantAfter(opening.OpenerGone-1, 0)
	if err := s.gate.Open(t.Context(), product, 3, incarnation(s), start(1)); err != nil {
		t.Fatal(err)
	}
	s.append(sale.Record{Kind: sale.KindOpening, ProductID: product, Epoch: 3, Skips: 1, Nonce: "its", Terms: s.kept().Terms, At: s.now})
	wantAfter(0, 0)
	shut(4)
	wantAfter(opening.OpenerGone, 0) // first seen shut at 4
	wantAfter(opening.OpenerGone, 1)
	if err := s.gate.Remove(t.Context(), product, 4); err != nil {
		t.Fatal(err)
	}
	wantAfter(0, 1) // it is missing
	shut(4)         // by another opener, at the same epoch
	wantAfter(0, 0)
	wantAfter(opening.OpenerGone, 1)
}

// One that gives signs of its life is left at it, however long it takes.
func TestAnOpenerThatWorks(t *testing.T) {
	s := newShop(t)
	s.put(sale.Terms{Quantity: 1})
	w := opening.NewMonitor(s.Opener, s.clock)
	in, _, err := s.gate.Shut(t.Context(), product, 2)
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if due := s.due(w); due != 0 {
			t.Fatalf("it is to be replaced at %v", s.now)
		}
		if err := s.gate.Load(t.Context(), product, 2, in, nil); err != nil {
			t.Fatal(err)
		}
		s.now = s.now.Add(opening.OpenerGone)
	}
	s.due(w) // the last sign is seen
	if s.now = s.now.Add(opening.OpenerGone); s.due(w) != 1 {
		t.Error("it is gone, and not to be replaced")
	}
}

// Of two processes that see the same one opens: an attempt that had to wait for its turn
// finds the gate as it was, or leaves it alone.
func TestWhatIsDueIsLookedAtAgain(t *testing.T) {
	lose := func(s *shop) {
		if err := s.gate.Remove(t.Context(), product, s.kept().Epoch); err != nil {
			t.Fatal(err)
		}
	}
	shut := func(s *shop) {
		if _, _, err := s.gate.Shut(t.Context(), product, s.kept().Epoch+1); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		before, meanwhile func(s *shop)
		want              error
	}{
		"it is gone, still":            {lose, func(*shop) {}, nil},
		"it is opened":                 {lose, func(s *shop) { s.put(sale.Terms{Quantity: 1}) }, sale.ErrFenced},
		"it is being opened":           {lose, shut, sale.ErrFenced},
		"nobody knows, for it is away": {lose, func(s *shop) { s.hooks["view"] = func(func() error) error { return sale.ErrUnavailable } }, sale.ErrUnavailable},
		"its opener is gone, still":    {shut, func(*shop) {}, nil},
		"its opener is not gone": {shut, func(s *shop) {
			if err := s.gate.Load(t.Context(), product, s.kept().Epoch+1, incarnation(s), nil); err != nil {
				t.Fatal(err)
			}
		}, sale.ErrFenced},
		"its opener is gone, not the next": {shut, func(s *shop) {
			if _, _, err := s.gate.Shut(t.Context(), product, s.kept().Epoch+2); err != nil {
				t.Fatal(err)
			}
		}, sale.ErrFenced},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			s.put(sale.Terms{Quantity: 1})
			c.before(s)
			w := opening.NewMonitor(s.Opener, s.clock)
			due := s.finds(w)
			if s.now = s.now.Add(opening.OpenerGone); len(due) == 0 {
				due = s.finds(w)
			}
			if len(due) != 1 {
				t.Fatalf("%d attempts are due", len(due))
			}
			c.meanwhile(s)
			before := len(s.logged())
			err := s.Run(t.Context(), due[0])
			if opens := len(s.logged()) > before; opens != (c.want == nil) || !errors.Is(err, c.want) {
				t.Errorf("it was opened: %v (%v, not %v)", opens, err, c.want)
			}
		})
	}
}

func TestTombstonesAreLeftInPeace(t *testing.T) {
	s := newShop(t)
	s.put(sale.Terms{Quantity: 1, Closed: true})
	if err := s.Delete(t.Context(), product, "ann"); err != nil {
		t.Fatal(err)
	}
	w := opening.NewMonitor(s.Opener, s.clock)
	if due := s.due(w); due != 0 {
		t.Errorf("%d attempts are due", due)
	}
	in, _, err := s.gate.Shut(t.Context(), product, 2) // a server that came back with an old gate
	if err = errors.Join(err, s.gate.Open(t.Context(), product, 2, in, start(1))); err != nil {
		t.Fatal(err)
	}
	if due := s.due(w); due != 1 {
		t.Errorf("%d attempts are due", due)
	}
	s.recover()
	if _, err := s.gate.View(t.Context(), product); !errors.Is(err, sale.ErrNoGate) {
		t.Errorf("its gate: %v", err)
	}
}

// A recovery carries the terms unchanged.
func TestARecoveryKeepsTheTerms(t *testing.T) {
	s := newShop(t)
	terms := sale.Terms{
		Name: "x", Quantity: 7, LimitPerUser: 3, OpensAt: s.now.Add(time.Hour), ClosesAt: s.now.Add(2 * time.Hour),
		PaymentWindow: time.Minute, Paused: true, Rehearsal: true,
	}
	s.put(terms)
	if err := s.gate.Remove(t.Context(), product, 1); err != nil {
		t.Fatal(err)
	}
	s.recover()
	if p := s.kept(); p.Epoch != 2 || p.Terms != terms {
		t.Errorf("%+v", p)
	}
	v, err := s.gate.View(t.Context(), product)
	if h := v.Terms; err != nil || !h.Paused || h.LimitPerUser != 3 || !h.OpensAt.Equal(terms.OpensAt) || !h.ClosesAt.Equal(terms.ClosesAt) {
		t.Errorf("%+v, %v", v, err)
	}
}

// An order that the gate admitted, and that neither outbox nor log has: after ten
// seconds the gate is opened anew, and its unit is sold.
func TestALostOrder(t *testing.T) {
	s := newShop(t)
	s.put(sale.Terms{Quantity: 4})
	s.admit("a", 1)
	s.relay()
	s.admit("lost", 2)
	s.loseOutbox()
	s.admit("b", 3)
	s.relay()
	if p := s.kept(); p.Applied != 1 || p.Ahead != "3-3" {
		t.Fatalf("the fold has applied %d and %q", p.Applied, p.Ahead)
	}
	w := opening.NewMonitor(s.Opener, s.clock)
	s.wantLost(w, opening.LostAfter-1, 0)
	s.admit("c", 4) // the sale goes on
	s.relay()
	s.wantLost(w, 1, 2)
	s.wantOpen(2, 1)
	if v := s.admit("lost", 5); v != gate.Admitted {
		t.Errorf("who had the lost order: %v", v)
	}
	s.relay()
	s.wantLost(w, opening.LostAfter, 0)
	s.wantLost(w, opening.LostAfter, 0)
}

// What is only slow is not lost: the gate sells on, whatever it is that is slow.
func TestNoOrderIsLost(t *testing.T) {
	for name, slow := range map[string]func(s *shop){
		"the fold":   func(s *shop) { s.hooks["passed"] = func(do func() error) error { s.project(); return do() } },
		"no fold":    func(s *shop) { s.hooks["passed"] = func(func() error) error { return sale.ErrUnavailable } },
		"the append": func(s *shop) { s.slow = false },
		"the log": func(s *shop) {
			s.hooks["append order"] = func(func() error) error { return sale.ErrUnavailable }
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			s.put(sale.Terms{Quantity: 4})
			w := opening.NewMonitor(s.Opener, s.clock)
			s.admit("a", 1)
			if s.slow = true; name != "the append" && name != "the log" {
				s.relay()
			}
			slow(s)
			s.wantLost(w, 0, 0)
			s.wantLost(w, opening.LostAfter, 0)
			s.wantOpen(1, 3)
		})
	}
}

// wantLost lets some time go by, and demands that a look then opens the gate for want
// of this order; 0: that it does not.
func (s *shop) wantLost(w *opening.Monitor, after time.Duration, want int64) {
	s.t.Helper()
	s.finds(w)
	s.now = s.now.Add(after)
	var lost int64
	for _, a := range s.finds(w) {
		if err := s.Run(s.t.Context(), a); err == nil {
			lost = a.Lost()
		} else if a.Begun() {
			s.t.Error(err)
		}
	}
	if lost != want {
		s.t.Errorf("opened for order %d, not %d", lost, want)
	}
}

// How long an opening may take goes by the orders of its product, which has to be
// known before it begins.
func TestAnAttemptOfTheWatchKnowsItsOrders(t *testing.T) {
	s := newShop(t)
	a := opening.NewMonitor(s.Opener, s.clock).Look(t.Context(), sale.Product{ID: product, Epoch: 1, LastNumber: 600_000})
	if a == nil {
		t.Fatal("a gate that is missing is not to be opened")
	}
	if _, of := a.Progress(); of != 600_000 {
		t.Errorf("it is one of %d orders", of)
	}
}

// Who looks after the products knows which cannot be sold, until they can be again.
func TestWhatIsUnavailable(t *testing.T) {
	s := newShop(t)
	s.put(sale.Terms{Quantity: 1, LimitPerUser: 1})
	m := opening.NewMonitor(s.Opener, s.clock)
	looks := func(p sale.Product, want int, first ...string) {
		t.Helper()
		m.Look(t.Context(), p)
		if n, got := m.Unavailable(2); n != want || !slices.Equal(got, first) {
			t.Errorf("%d are unavailable, %q the first of them; want %d, %q", n, got, want, first)
		}
	}
	there := sale.Product{ID: product, Epoch: 1}
	looks(there, 0)
	looks(sale.Product{ID: "z", Epoch: 1}, 1, "z") // without a gate
	looks(sale.Product{ID: "y", Epoch: 1}, 2, "y", "z")
	s.hooks["view"] = func(func() error) error { return sale.ErrUnavailable }
	looks(there, 3, product, "y")
	looks(sale.Product{ID: "y", Epoch: 2, Deleted: true}, 2, product, "z")
	s.hooks["view"] = nil
	looks(there, 1, "z")
}

// It counts gates by how they were found, and what they hold for the log.
func TestHowGatesAreFound(t *testing.T) {
	s := newShop(t)
	s.put(sale.Terms{Quantity: 3, LimitPerUser: 1})
	m := opening.NewMonitor(s.Opener, s.clock)
	there := sale.Product{ID: product, Epoch: 1}
	if v := s.admit("a", 1); v != gate.Admitted {
		t.Fatal(v)
	}
	m.Look(t.Context(), there)
	m.Look(t.Context(), sale.Product{ID: "z", Epoch: 1})
	if got := m.Gates(); len(got) != 2 || got[opening.Open] != 1 || got[opening.NoGate] != 1 {
		t.Errorf("gates: %v", got)
	}
	if n, known := m.Outbox(); n != 1 || !known {
		t.Errorf("outbox: %d, %t", n, known)
	}
	told := map[string][2]int64{}
	tell := func(product string, remaining, waiting int64) { told[product] = [2]int64{remaining, waiting} }
	m.Counts(1, tell)
	if len(told) != 1 || told[product] != [2]int64{2, 1} {
		t.Errorf("counts: %v", told)
	}
	s.hooks["view"] = func(func() error) error { return sale.ErrUnavailable }
	m.Look(t.Context(), there)
	if n, known := m.Outbox(); n != 0 || known {
		t.Errorf("with a gate that does not answer, the outbox is %d, %t", n, known)
	}
	clear(told)
	m.Counts(9, tell)
	if len(told) != 0 {
		t.Errorf("counts of gates that are not open: %v", told)
	}
}
