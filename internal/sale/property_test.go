package sale

import (
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// anyRecord draws a record that is likely to meet those before it.
func anyRecord(t *rapid.T, epoch int64) Record {
	n := rapid.ByteRange(0, 15).Draw(t, "order")
	switch rapid.IntRange(0, 11).Draw(t, "kind") {
	case 0:
		return pay(n)
	case 1, 2:
		return cancel(n)
	case 3:
		return expire(n)
	case 4:
		r := opening(epoch+rapid.Int64Range(0, 2).Draw(t, "ahead"), rapid.Int64Range(1, 6).Draw(t, "quantity"), rapid.IntRange(1, 3).Draw(t, "limit"))
		r.Terms.Closed, r.Deleted = rapid.Bool().Draw(t, "closed"), rapid.Bool().Draw(t, "deleted")
		return r
	}
	return buy(epoch-rapid.Int64Range(0, 1).Draw(t, "behind"), n, string('a'+rune(n%5)))
}

// TestInvariants: whatever the log says, the promises hold after every record.
func TestInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, returns := NewState(Product{ID: "p"}), []Return(nil)
		for i := range rapid.IntRange(1, 80).Draw(t, "records") {
			r := anyRecord(t, s.Product.Epoch)
			Fold(s, r, Position{0, int64(i)}, stored)
			if s.Wiped() {
				returns = nil
			}
			returns = append(returns, s.Returns()...)
			s.ForgetChanges()
			invariants(t, s, returns)
		}
	})
}

func invariants(t *rapid.T, s *State, returns []Return) {
	p := s.Product
	counts, users, slots, numbers := map[Status]int64{}, map[string]int{}, map[string]bool{}, []int64{}
	for _, o := range s.orders {
		if counts[o.Status]++; o.Status.Holds() {
			users[o.UserID]++
			slot := o.UserID + string(rune(o.Slot))
			if slots[slot] || o.Slot < 1 {
				t.Fatalf("slot %d of %s is held twice", o.Slot, o.UserID)
			}
			slots[slot] = true
		}
		if o.Number > 0 {
			numbers = append(numbers, o.Number)
		}
		if (o.Number == 0) != (o.Status == Rejected) || o.EndedAt.IsZero() != (o.Status != Cancelled && o.Status != Expired) {
			t.Fatalf("the order %+v contradicts itself", o)
		}
	}
	slices.Sort(numbers)
	for i, n := range numbers {
		if n != int64(i+1) {
			t.Fatalf("numbers %v are not dense", numbers)
		}
	}
	for i, r := range returns {
		if r.Number != int64(i+1) || s.orders[r.OrderID].Status.Holds() {
			t.Fatalf("returns %v", returns)
		}
	}
	for user, n := range users {
		if n > p.Terms.LimitPerUser || n != len(s.held[user]) {
			t.Fatalf("%s holds %d of %d, and %d are known", user, n, p.Terms.LimitPerUser, len(s.held[user]))
		}
	}
	want := p
	want.Placed, want.Paid, want.Cancelled = counts[Placed], counts[Paid], counts[Cancelled]
	want.Expired, want.Rejected = counts[Expired], counts[Rejected]
	want.Held = want.Placed + want.Paid
	want.LastNumber, want.LastReturn = int64(len(numbers)), int64(len(returns))
	if p != want || p.Held > p.Terms.Quantity || want.LastReturn != want.Cancelled+want.Expired {
		t.Fatalf("the product counts\n\t%+v, its orders\n\t%+v", p, want)
	}
}

// TestTwiceIsOnce: an order record that comes again changes nothing.
func TestTwiceIsOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := NewState(Product{ID: "p"})
		var orders []Record
		for i := range rapid.IntRange(1, 60).Draw(t, "records") {
			r := anyRecord(t, s.Product.Epoch)
			Fold(s, r, Position{0, int64(i)}, stored)
			if r.Kind == KindOrder {
				orders = append(orders, r)
				before, order := s.Product, s.copyOf(r.OrderID)
				again := Fold(s, r, Position{0, 999}, stored.Add(time.Hour))
				if s.Product != before || s.copyOf(r.OrderID) != order || again != Known && again != Stale {
					t.Fatalf("%+v again: %s, and %+v became %+v", r, again, before, s.Product)
				}
			}
		}
		before := s.Product
		for _, r := range orders { // all of them again, at the end: the current epoch's do nothing
			if o := s.Order(r.OrderID); r.Epoch != s.Product.Epoch || o == nil || o.Status == Rejected && o.Epoch != r.Epoch {
				continue
			}
			if Fold(s, r, Position{0, 1000}, stored); s.Product != before {
				t.Fatalf("%+v again, and %+v became %+v", r, before, s.Product)
			}
		}
	})
}

func (s *State) copyOf(id OrderID) Order {
	if o := s.orders[id]; o != nil {
		return *o
	}
	return Order{}
}

// TestPartialStates: a state filled with no more than its batch concerns folds to
// the same as one that knows everything.
func TestPartialStates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		full := NewState(Product{ID: "p"})
		for i := 0; i < 60; {
			batch := anyBatch(t, full.Product.Epoch)
			partial := full.partial(batch)
			for _, r := range batch {
				got, want := Fold(partial, r, Position{0, int64(i)}, stored), Fold(full, r, Position{0, int64(i)}, stored)
				if i++; got != want || partial.Product != full.Product {
					t.Fatalf("%+v: %s and\n\t%+v, in full %s and\n\t%+v", r, got, partial.Product, want, full.Product)
				}
			}
			same := func(a, b *Order) bool { return *a == *b }
			if !slices.EqualFunc(partial.Touched(), full.Touched(), same) || !slices.Equal(partial.Returns(), full.Returns()) || partial.Wiped() != full.Wiped() {
				t.Fatalf("changes differ after %+v", batch)
			}
			full.ForgetChanges()
		}
	})
}

// anyBatch draws records of which only the first may be an opening.
func anyBatch(t *rapid.T, epoch int64) []Record {
	first := anyRecord(t, epoch)
	if first.Kind == KindOpening && first.Epoch == epoch+1 {
		epoch++
	}
	batch := []Record{first}
	for range rapid.IntRange(0, 9).Draw(t, "more") {
		if r := anyRecord(t, epoch); r.Kind != KindOpening {
			batch = append(batch, r)
		}
	}
	return batch
}

// partial is what a keeper would fill for a batch: orders by id, and of buyers
// all that they hold.
func (s *State) partial(batch []Record) *State {
	p := NewState(s.Product)
	if batch[0].Kind == KindOpening {
		for _, held := range s.held {
			p.MostHeld = max(p.MostHeld, len(held))
		}
	}
	ids, users := map[OrderID]bool{}, map[string]bool{}
	for _, r := range batch {
		ids[r.OrderID] = true
		users[r.UserID] = r.Kind == KindOrder || users[r.UserID]
	}
	for _, o := range slices.Collect(maps.Values(s.orders)) {
		if ids[o.ID] || users[o.UserID] && o.Status.Holds() {
			p.Add(*o)
		}
	}
	return p
}

// TestAnyName: a name is taken exactly if it has no character that ends a line, steers a terminal or turns the
// direction of the text around it, and what is taken comes back from the log as it was.
func TestAnyName(t *testing.T) {
	refused := []rune("\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
	for r := range rune(0x20) {
		refused = append(refused, r)
	}
	for r := rune(0x7f); r < 0xa0; r++ {
		refused = append(refused, r)
	}
	rapid.Check(t, func(t *rapid.T) {
		name := []rune(rapid.StringN(0, MaxName+5, -1).Draw(t, "name"))
		for range rapid.IntRange(0, 2).Draw(t, "refused") {
			name = slices.Insert(name, rapid.IntRange(0, len(name)).Draw(t, "at"), rapid.SampledFrom(refused).Draw(t, "character"))
		}
		r := opening(1, 1, 1)
		r.Terms.Name = string(name)
		want := len(name) <= MaxName && !slices.ContainsFunc(name, func(r rune) bool { return slices.Contains(refused, r) })
		if err := r.Terms.Check(); (err == nil) != want {
			t.Fatalf("%+q: %v", string(name), err)
		}
		if got, err := ParseRecord(r.Kind, Version, 1, r.AppendBody(nil)); (err == nil && got == r) != want {
			t.Fatalf("%+q came back as %+q, %v", string(name), got.Terms.Name, err)
		}
	})
}
