package opening_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"seckill/internal/gate"
	"seckill/internal/opening"
	"seckill/internal/sale"
)

// step takes an attempt one stage on and demands that it goes well.
func (s *shop) step(a *opening.Attempt, calls ...string) {
	s.t.Helper()
	s.calls = nil
	if err := s.Step(s.t.Context(), a); err != nil {
		s.t.Fatal(err)
	}
	if !slices.Equal(s.calls, calls) {
		s.t.Errorf("a step called %q, not %q", s.calls, calls)
	}
}

// One attempt, stage by stage, over a gate that sells: with an order that the
// store has, and one that only the outbox has.
func TestStages(t *testing.T) {
	s := newShop(t)
	s.slow = true
	s.hooks["passed"] = func(do func() error) error { s.project(); return do() }
	s.put(sale.Terms{Quantity: 5, Name: "old"})
	s.append(sale.Record{Kind: sale.KindOrder, ProductID: product, Epoch: 1, OrderID: id(1), UserID: "has", Seq: 1, At: s.now})
	s.admit("waits", 2)
	before := s.opened

	a := opening.Begin(product, func(p sale.Product) (sale.Terms, bool, error) {
		p.Terms.Quantity, p.Terms.Name = 4, "new"
		return p.Terms, false, nil
	})
	s.step(a, "view", "product")
	s.step(a, "append expire") // of no order
	s.wantOpen(1, 4)           // nothing has happened yet
	s.step(a, "shut")
	if v, err := s.gate.View(t.Context(), product); !errors.Is(err, sale.ErrShut) || v.Epoch != 2 {
		t.Fatalf("the gate is not shut at 2: %v at %d", err, v.Epoch)
	}
	s.step(a, "pending", "append order", "forget", "pending")
	if last := s.logged()[3]; last.OrderID != id(2) || last.Epoch != 1 {
		t.Errorf("the outbox gave the log %+v", last)
	}
	s.step(a, "append opening")
	if r := s.logged()[4]; r.Epoch != 2 || r.Nonce == "" || r.Terms.Name != "new" || r.Terms.Quantity != 4 || !r.At.Equal(s.now) || r.Deleted {
		t.Errorf("the opening record is %+v", r)
	}
	if a.Accepted || s.kept().Epoch != 1 {
		t.Error("the store has applied the opening too early")
	}
	s.step(a, "passed", "product")
	if !a.Accepted || a.Product.Epoch != 2 || a.Product.Held != 2 || a.Done() {
		t.Errorf("accepted %v: %+v", a.Accepted, a.Product)
	}
	s.step(a, "snapshot", "load", "open")
	if !a.Done() || s.opened != before+1 {
		t.Errorf("done %v, Opened called %d times", a.Done(), s.opened-before)
	}
	s.wantOpen(2, 2)
	for user, order := range map[string]int{"has": 11, "waits": 12} {
		if v := s.admit(user, order); v != gate.LimitReached {
			t.Errorf("%s may buy again: %v", user, v)
		}
	}
	if v := s.admit("new", 13); v != gate.Admitted {
		t.Errorf("a new buyer: %v", v)
	}
}

// An opener gives signs of its life while a stage waits for others, so that a
// second process does not fence it: once it has shut the gate, and until that is open.
func TestALongOpeningIsNotFenced(t *testing.T) {
	s := newShop(t)
	s.put(sale.Terms{Quantity: 5})
	s.admit("waits", 1)
	other := opening.NewMonitor(s.Opener, s.clock)
	hours := func(do func() error) error {
		for range 3600 {
			s.now = s.now.Add(opening.SignEvery)
			s.sign()
			if due := other.Look(t.Context(), sale.Product{ID: product, Epoch: 1}); due != nil {
				t.Fatalf("%s is taken for gone during %q", due, s.calls)
			}
		}
		return do()
	}
	for _, call := range []string{"pending", "append order", "append opening", "passed", "snapshot"} {
		s.hooks[call] = hours
	}
	a := opening.Begin(product, keep)
	if err := s.Run(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	s.wantOpen(2, 4)
	if loaded, of := a.Progress(); loaded != 1 || of != 1 || s.sign != nil {
		t.Errorf("%d of %d orders loaded; it gives signs still: %v", loaded, of, s.sign != nil)
	}
}

// Whatever fails, whether it was done or not: the attempt is given up with that
// error, nothing is called after it, and the next one, of the monitor, makes good.
func TestAFailureGivesUp(t *testing.T) {
	for _, call := range []string{
		"product 1", "shut 1", "pending 1", "append order 1", "forget 1", "pending 2", "append opening 1", "passed 1", "product 2",
		"snapshot 1", "load 1", "open 1",
	} {
		for _, isDone := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, done %v", call, isDone), func(t *testing.T) {
				s := newShop(t)
				s.put(sale.Terms{Quantity: 5})
				s.admit("a", 1)
				s.calls = nil
				failure := sale.ErrUnavailable
				if isDone {
					failure = sale.ErrUnknownOutcome
				}
				s.failAt(call, isDone, failure)
				a := opening.Begin(product, keep)
				if err := s.Run(t.Context(), a); !errors.Is(err, failure) || a.Done() {
					t.Fatalf("the attempt ended with %v, done %v", err, a.Done())
				}
				if s.opened != 1 {
					t.Error("Opened was told")
				}
				s.hooks = map[string]hook{}
				s.recover()
				p := s.kept()
				s.wantOpen(p.Epoch, 5-1)
				if p.Held != s.relayed() {
					t.Errorf("%d held, and the log has %d", p.Held, s.relayed())
				}
			})
		}
	}
}

// failAt lets the nth call of a name fail, and demands that it is the last.
func (s *shop) failAt(call string, isDone bool, failure error) {
	name, nth, failed := call[:len(call)-2], int(call[len(call)-1]-'0'), false
	seen := map[string]int{}
	for _, each := range []string{"product", "shut", "pending", "append order", "forget", "append opening", "passed", "snapshot", "load", "open"} {
		s.hooks[each] = func(do func() error) error {
			if failed {
				s.t.Errorf("%s was called after the failure", each)
			}
			if seen[each]++; each != name || seen[each] != nth {
				return do()
			}
			if isDone {
				if err := do(); err != nil {
					return err
				}
			}
			failed = true
			return failure
		}
	}
}

// recover looks after the gate, as a process that goes on does.
func (s *shop) recover() {
	s.t.Helper()
	monitor := opening.NewMonitor(s.Opener, s.clock)
	for range 2 { // a gate that is shut is seen first, and given time
		for _, a := range s.finds(monitor) {
			if err := s.Run(s.t.Context(), a); err != nil {
				s.t.Fatal(err)
			}
		}
		s.now = s.now.Add(opening.OpenerGone)
	}
}

// relayed is how many orders the log has, each counted once.
func (s *shop) relayed() int64 {
	ids := map[sale.OrderID]bool{}
	for _, r := range s.logged() {
		if r.Kind == sale.KindOrder {
			ids[r.OrderID] = true
		}
	}
	return int64(len(ids))
}

// An order that ended gives its unit back to a new gate, is no reason to refuse
// its user, and is still known.
func TestEndedOrders(t *testing.T) {
	s := newShop(t)
	s.put(sale.Terms{Quantity: 5, PaymentWindow: time.Minute})
	s.append(order(1, 1, "a"), order(1, 2, "b"), sale.Record{Kind: sale.KindCancel, ProductID: product, Epoch: 1, OrderID: id(1), At: s.now})
	s.put(sale.Terms{Quantity: 5, PaymentWindow: time.Minute})
	s.wantOpen(2, 4)
	if v, err := s.gate.View(t.Context(), product); err != nil || v.Returned != 1 {
		t.Errorf("the gate holds return %d, %v", v.Returned, err)
	}
	if v := s.admit("a", 1); v != gate.Known {
		t.Errorf("the order that ended: %v", v)
	}
	if v := s.admit("a", 3); v != gate.Admitted {
		t.Errorf("its user: %v", v)
	}
	if v := s.admit("b", 4); v != gate.LimitReached {
		t.Errorf("who holds a unit: %v", v)
	}
}

// Of two attempts at one epoch the log accepts one, and the other finds out by
// the nonce, however late it comes.
func TestAnotherNonce(t *testing.T) {
	s := newShop(t)
	s.slow = true
	s.append(sale.Record{Kind: sale.KindOpening, ProductID: product, Epoch: 1, Nonce: "first", Terms: sale.Terms{Quantity: 5, LimitPerUser: 1}, At: s.now})
	s.hooks["passed"] = func(do func() error) error { s.project(); return do() }
	winner, loser := opening.Begin(product, keep), opening.Begin(product, keep)
	for range 5 { // up to the records
		for _, a := range []*opening.Attempt{winner, loser} {
			if err := s.Step(t.Context(), a); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.Step(t.Context(), loser); !errors.Is(err, sale.ErrFenced) || loser.Accepted {
		t.Errorf("the loser: %v", err)
	}
	if err := s.Run(t.Context(), winner); err != nil || !winner.Done() {
		t.Errorf("the winner: %v", err)
	}
	s.wantOpen(2, 5)
	if p := s.kept(); p.Epoch != 2 || p.Nonce != s.logged()[1].Nonce {
		t.Errorf("%+v", p)
	}
}

// An attempt that was accepted and then overtaken leaves the gate alone, even
// if the gate would let it: nothing may be opened from a later epoch's snapshot.
func TestASnapshotOfALaterEpoch(t *testing.T) {
	s := newShop(t)
	s.put(sale.Terms{Quantity: 5})
	a := opening.Begin(product, keep)
	s.hooks["snapshot"] = func(do func() error) error {
		s.append(sale.Record{Kind: sale.KindOpening, ProductID: product, Epoch: 3, Nonce: "other", Terms: sale.Terms{Quantity: 9, LimitPerUser: 1}, At: s.now})
		return do()
	}
	if err := s.Run(t.Context(), a); !errors.Is(err, sale.ErrFenced) || !a.Accepted || a.Done() {
		t.Errorf("%v, accepted %v, done %v", err, a.Accepted, a.Done())
	}
	if v, err := s.gate.View(t.Context(), product); !errors.Is(err, sale.ErrShut) {
		t.Errorf("the gate is not shut: %+v, %v", v, err)
	}
}

// A gate that was shut by a later opener is not opened by an earlier one.
func TestAnOvertakenOpenerIsFenced(t *testing.T) {
	s := newShop(t)
	s.put(sale.Terms{Quantity: 5})
	s.hooks["open"] = func(do func() error) error {
		if _, _, err := s.gate.Shut(t.Context(), product, 9); err != nil {
			t.Fatal(err)
		}
		return do()
	}
	if err := s.Run(t.Context(), opening.Begin(product, keep)); !errors.Is(err, sale.ErrFenced) {
		t.Errorf("%v", err)
	}
}
