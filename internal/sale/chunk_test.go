package sale

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

// stateOf is a chunk with all that a chunk may have.
func stateOf() Record {
	product := Product{
		ID: "p", Terms: Terms{Name: `<"ä">`, Quantity: 3, LimitPerUser: 2, PaymentWindow: time.Minute}, Epoch: 4, Nonce: "n", Refused: true,
		Held: 2, Placed: 1, Paid: 1, Cancelled: 1, Rejected: 1, LastNumber: 3, LastReturn: 1, Recounts: 2, Applied: 3, Ahead: "5-7",
	}
	orders := []Order{
		{ID: OrderID{1}, UserID: "r", Status: Rejected, Seq: 4, Epoch: 3, PlacedAt: stored},
		{ID: OrderID{2}, UserID: "u", Slot: 1, Number: 1, Status: Cancelled, Seq: 1, Epoch: 1, PlacedAt: stored, PayBy: stored, EndedAt: written},
		{ID: OrderID{3}, UserID: "u", Slot: 2, Number: 2, Status: Paid, Seq: 2, Epoch: 1, PlacedAt: stored, PayBy: stored},
		{ID: OrderID{4}, UserID: "v", Slot: 1, Number: 3, Status: Placed, Seq: 1, Epoch: 4, PlacedAt: stored, PayBy: stored.Add(time.Minute)},
	}
	for i := range orders {
		orders[i].ProductID = "p"
	}
	return Record{Kind: KindState, ProductID: "p", Epoch: 4, At: written, Secret: "0a1b", Chunk: &Chunk{
		Number: 1, Of: 2, Recovery: &Recovery{Why: []string{"cut"}, Lost: []string{"one order"}},
		Product: &product, Orders: orders, Returns: []Return{{ProductID: "p", Number: 1, OrderID: OrderID{2}, UserID: "u"}},
	}}
}

func TestAStateComesBack(t *testing.T) {
	r := stateOf()
	r.Chunk.Orders[3].Origin, r.Chunk.Returns[0].Origin, r.Chunk.Returns[0].Paid = "0123456789abcdef", "fedcba9876543210", true
	got, err := ParseRecord(r.Kind, r.Version(), r.Epoch, r.AppendBody(nil))
	if err != nil || !reflect.DeepEqual(got, r) {
		t.Errorf("came back as %+v, %v, not\n%+v", got, err, r)
	}
	if _, err := ParseRecord(r.Kind, 1, r.Epoch, r.AppendBody(nil)); !errors.Is(err, ErrPoison) {
		t.Errorf("of version 1: %v", err)
	}
}

func TestAnAlteredStateIsPoison(t *testing.T) {
	r := stateOf()
	whole := string(r.AppendBody(nil))
	for _, c := range []struct{ before, after, says string }{
		{`"paid"`, `"placed"`, "checksum"},
		{`"held":2`, `"held":1`, "checksum"},
		{`"number":1,"of":2`, `"number":3,"of":2`, "number 3 of 2"},
		{`"secret":"0a1b"`, `"secret":"x"`, "hexadecimal"},
		{`"chunk":`, `"chunks":`, "unknown field"},
	} {
		altered := strings.Replace(whole, c.before, c.after, 1)
		if _, err := ParseRecord(r.Kind, r.Version(), r.Epoch, []byte(altered)); !errors.Is(err, ErrPoison) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s for %s: %v", c.after, c.before, err)
		}
	}
	for what, change := range map[string]func(*Chunk){
		"a price that is none":        func(c *Chunk) { c.Orders[2].Price = Price{1, "XXX"} },
		"an origin that is none":      func(c *Chunk) { c.Orders[3].Origin = "x" },
		"a return that frees nothing": func(c *Chunk) { c.Returns[0].Origin, c.Returns[0].Paid = "", true },
		"a user that is no id":        func(c *Chunk) { c.Orders[0].UserID = "a b" },
		"a status that is none":       func(c *Chunk) { c.Orders[0].Status = Queued },
		"terms that break a rule":     func(c *Chunk) { c.Product.Terms.Quantity = 0 },
		"a nonce that is none":        func(c *Chunk) { c.Product.Nonce = "" },
		"more than a chunk may":       func(c *Chunk) { c.Orders = make([]Order, MaxChunk) },
		"a return's user, of no id":   func(c *Chunk) { c.Returns[0].UserID = "" },
	} {
		r := stateOf()
		change(r.Chunk)
		if got, err := ParseRecord(r.Kind, r.Version(), r.Epoch, r.AppendBody(nil)); !errors.Is(err, ErrPoison) {
			t.Errorf("%s: %+v, %v", what, got, err)
		}
	}
}

// The state is taken where a log begins, and is what it was taken from; from there on
// the sale goes on as if nothing had been.
func TestAStateIsTakenUp(t *testing.T) {
	r := stateOf()
	s := NewState(Product{ID: "p", Partition: 7})
	if got := Fold(s, r, Position{7, 0}, stored.Add(time.Hour)); got != Applied {
		t.Fatal(got)
	}
	want := *r.Chunk.Product
	want.Partition = 7
	if s.Product != want {
		t.Errorf("%+v, not %+v", s.Product, want)
	}
	for _, o := range r.Chunk.Orders {
		o.Position = Position{7, -1}
		if got := s.Order(o.ID); got == nil || *got != o {
			t.Errorf("%+v, not %+v", got, o)
		}
	}
	if !reflect.DeepEqual(s.Returns(), r.Chunk.Returns) {
		t.Errorf("returns %+v", s.Returns())
	}
	more := Record{Kind: KindState, ProductID: "p", Epoch: 4, At: written, Chunk: &Chunk{Number: 2, Of: 2, Orders: []Order{
		{ID: OrderID{5}, ProductID: "p", UserID: "w", Status: Rejected, Epoch: 2, PlacedAt: stored},
	}}}
	if got := Fold(s, more, Position{7, 1}, stored); got != Applied || s.Order(OrderID{5}) == nil {
		t.Errorf("the next chunk: %s", got)
	}
	id := OrderID{9}
	third := Record{Kind: KindOrder, ProductID: "p", Epoch: 4, At: written, OrderID: id, UserID: "x", Seq: 8}
	if got := Fold(s, third, Position{7, 2}, stored); got != Applied || s.Order(id).Number != 4 {
		t.Errorf("the third unit: %s, %+v", got, s.Order(id))
	}
	if got := Fold(s, Record{Kind: KindOrder, ProductID: "p", Epoch: 4, At: written, OrderID: OrderID{10}, UserID: "y", Seq: 9}, Position{7, 3}, stored); got != Refused {
		t.Errorf("a fourth of three units: %s", got)
	}
}

// A state that does not stand in the beginning has no effect.
func TestAStateAstray(t *testing.T) {
	taken := func(at Position) *State {
		s := NewState(Product{ID: "p"})
		Fold(s, stateOf(), at, stored)
		s.ForgetChanges()
		return s
	}
	next := Record{Kind: KindState, ProductID: "p", Epoch: 4, At: written, Chunk: &Chunk{Number: 2, Of: 2}}
	otherEpoch := next
	otherEpoch.Epoch = 5
	known := next
	known.Chunk = &Chunk{Number: 2, Of: 2, Orders: []Order{{ID: OrderID{3}, UserID: "u", Status: Placed, PlacedAt: stored}}}
	for what, c := range map[string]struct {
		s  *State
		r  Record
		at int64
	}{
		"at another offset":           {NewState(Product{ID: "p"}), stateOf(), 1},
		"of a product that is there":  {taken(Position{}), stateOf(), 0},
		"of a product that is not":    {NewState(Product{ID: "p"}), next, 1},
		"of another epoch":            {taken(Position{}), otherEpoch, 1},
		"with an order that is there": {taken(Position{}), known, 1},
	} {
		before := c.s.Product
		if got := Fold(c.s, c.r, Position{0, c.at}, stored); got != Astray || c.s.Product != before || len(c.s.Touched()) > 0 {
			t.Errorf("%s: %s, %+v", what, got, c.s.Product)
		}
	}
}
