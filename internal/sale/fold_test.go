package sale

import (
	"math"
	"slices"
	"testing"
	"time"
)

var (
	written = time.Date(2026, 11, 11, 20, 0, 0, 0, time.UTC)
	stored  = written.Add(3 * time.Second) // by the store's clock
)

func opening(epoch, quantity int64, limit int) Record {
	return Record{
		Kind: KindOpening, ProductID: "p", Epoch: epoch, At: written, Nonce: string(rune('a' + epoch)),
		Terms: Terms{Quantity: quantity, LimitPerUser: limit, PaymentWindow: time.Minute},
	}
}

func skipping(epoch, skips int64) Record {
	r := opening(epoch, 1, 1)
	r.Skips = skips
	return r
}

func closing(epoch int64) Record {
	r := opening(epoch, 9, 9)
	r.Terms.Closed = true
	return r
}

func deletion(epoch int64) Record {
	r := opening(epoch, 9, 9)
	r.Deleted = true
	return r
}

func final(epoch int64) Record {
	r := opening(epoch, 9, 9)
	r.Terms.PaymentWindow = 0
	return r
}

func buy(epoch int64, n byte, user string) Record {
	return Record{Kind: KindOrder, ProductID: "p", Epoch: epoch, At: written, OrderID: OrderID{n}, UserID: user, Seq: int64(n)}
}

// ending is the end of the order of whichever epoch it is.
func ending(kind Kind, n byte) Record {
	return endingOf(math.MaxInt64, kind, n)
}

func endingOf(epoch int64, kind Kind, n byte) Record {
	return Record{Kind: kind, ProductID: "p", Epoch: epoch, At: written.Add(time.Second), OrderID: OrderID{n}}
}

func pay(n byte) Record    { return ending(KindPay, n) }
func cancel(n byte) Record { return ending(KindCancel, n) }
func expire(n byte) Record { return ending(KindExpire, n) }

// An order keeps the price that its product had when it was placed, which is that of its epoch.
func TestAnOrderKeepsItsPrice(t *testing.T) {
	s := NewState(Product{ID: "p"})
	at := func(epoch, amount int64) Record {
		r := opening(epoch, 9, 9)
		r.Terms.Price = Price{amount, "EUR"}
		return r
	}
	refused := at(3, 3000)
	refused.Terms.Quantity = 1
	for i, r := range []Record{at(1, 1000), buy(1, 1, "u"), buy(1, 2, "u"), at(2, 2000), buy(1, 3, "u"), buy(2, 4, "u"), refused, buy(3, 5, "u"), opening(4, 9, 9), buy(4, 6, "u"), pay(1)} {
		Fold(s, r, Position{Offset: int64(i)}, stored)
	}
	for n, want := range map[byte]Price{1: {1000, "EUR"}, 2: {1000, "EUR"}, 4: {2000, "EUR"}, 5: {2000, "EUR"}, 6: {}} {
		if o := s.Order(OrderID{n}); o == nil || o.Price != want {
			t.Errorf("order %d: %+v, not %v", n, o, want)
		}
	}
	if s.Order(OrderID{3}) != nil {
		t.Error("an order of a past epoch")
	}
}

// TestFold: each rule is a history, with the outcome of every record of it, and
// what the product then counts.
func TestFold(t *testing.T) {
	const a, k, s, r = Applied, Known, Stale, Refused
	for rule, c := range map[string]struct {
		records  []Record
		outcomes []Outcome
		want     Product // counts and flags
	}{
		"an order of a product that never was leaves nothing": {
			[]Record{buy(1, 1, "u"), buy(0, 1, "u"), pay(1), cancel(1)}, []Outcome{s, s, r, r}, Product{}},
		"an opening is accepted at the next epoch only": {
			[]Record{opening(2, 1, 1), opening(1, 1, 1), opening(1, 2, 1), opening(3, 2, 1), opening(2, 3, 1)}, []Outcome{s, a, s, s, a},
			Product{Epoch: 2}},
		"an opening follows the epoch that its opener read, however many it passes over": {
			[]Record{
				opening(1, 1, 1), opening(9, 1, 1), skipping(9, 6), skipping(9, 8), skipping(9, 7), buy(5, 1, "u"), skipping(20, 18),
				skipping(9, 7), opening(10, 1, 1), skipping(10, 8),
			},
			[]Outcome{a, s, s, s, a, s, s, s, a, s}, Product{Epoch: 10}},
		"never more orders than units": {
			[]Record{opening(1, 2, 1), buy(1, 1, "u1"), buy(1, 2, "u2"), buy(1, 3, "u3")}, []Outcome{a, a, a, r},
			Product{Epoch: 1, Held: 2, Placed: 2, Rejected: 1, LastNumber: 2, Recounts: 1}},
		"never more orders than the limit": {
			[]Record{opening(1, 9, 2), buy(1, 1, "u"), buy(1, 2, "u"), buy(1, 3, "u"), buy(1, 4, "v")}, []Outcome{a, a, a, r, a},
			Product{Epoch: 1, Held: 3, Placed: 3, Rejected: 1, LastNumber: 3, Recounts: 1}},
		"an order twice is once, also after it ended or was rejected": {
			[]Record{opening(1, 2, 1), buy(1, 1, "u1"), buy(1, 1, "u1"), buy(1, 2, "u2"), buy(1, 3, "u3"), buy(1, 3, "u3"), cancel(1), buy(1, 1, "u1")},
			[]Outcome{a, a, k, a, r, k, a, k},
			Product{Epoch: 1, Held: 1, Placed: 1, Cancelled: 1, Rejected: 1, LastNumber: 2, LastReturn: 1, Recounts: 1}},
		"an order of another epoch leaves no row": {
			[]Record{opening(1, 9, 1), opening(2, 9, 1), buy(1, 1, "u"), buy(3, 2, "v"), buy(2, 1, "u")}, []Outcome{a, a, s, s, a},
			Product{Epoch: 2, Held: 1, Placed: 1, LastNumber: 1}},
		"a rejected order is judged anew in a later epoch": {
			[]Record{opening(1, 1, 1), buy(1, 1, "u1"), buy(1, 2, "u2"), buy(1, 3, "u3"), opening(2, 2, 1), buy(2, 2, "u2"), buy(2, 3, "u3"), buy(2, 3, "u3")},
			[]Outcome{a, a, r, r, a, a, r, k},
			Product{Epoch: 2, Held: 2, Placed: 2, Rejected: 1, LastNumber: 2, Recounts: 1}},
		"terms below what is held move the epoch and nothing else": {
			[]Record{opening(1, 3, 1), buy(1, 1, "u1"), buy(1, 2, "u2"), opening(2, 1, 1), buy(1, 3, "u3"), buy(2, 4, "u4"), opening(3, 2, 1)},
			[]Outcome{a, a, a, r, s, a, r},
			Product{Epoch: 3, Refused: true, Held: 3, Placed: 3, LastNumber: 3}},
		"so does a limit below what one user holds": {
			[]Record{opening(1, 9, 3), buy(1, 1, "u"), buy(1, 2, "u"), opening(2, 9, 1)}, []Outcome{a, a, a, r},
			Product{Epoch: 2, Refused: true, Held: 2, Placed: 2, LastNumber: 2}},
		"as soon as what is held allows it, they are accepted": {
			[]Record{opening(1, 9, 3), buy(1, 1, "u"), buy(1, 2, "u"), cancel(2), opening(2, 1, 1)}, []Outcome{a, a, a, a, a},
			Product{Epoch: 2, Held: 1, Placed: 1, Cancelled: 1, LastNumber: 2, LastReturn: 1}},
		"an opening forgets what it recounts": {
			[]Record{opening(1, 1, 1), buy(1, 1, "u1"), buy(1, 2, "u2"), opening(2, 1, 1)}, []Outcome{a, a, r, a},
			Product{Epoch: 2, Held: 1, Placed: 1, Rejected: 1, LastNumber: 1}},
		"the first of pay, cancel and expire wins": {
			[]Record{opening(1, 9, 9), buy(1, 1, "u"), buy(1, 2, "u"), buy(1, 3, "u"), pay(1), cancel(2), expire(3), expire(1), cancel(1), pay(2), pay(3), pay(1)},
			[]Outcome{a, a, a, a, a, a, a, r, r, r, r, r},
			Product{Epoch: 1, Held: 1, Paid: 1, Cancelled: 1, Expired: 1, LastNumber: 3, LastReturn: 2}},
		"nothing is to be paid or cancelled where there is no payment window": {
			[]Record{final(1), buy(1, 1, "u"), pay(1), cancel(1), expire(1)}, []Outcome{a, a, r, r, r},
			Product{Epoch: 1, Held: 1, Placed: 1, LastNumber: 1}},
		"a unit that came free can be bought": {
			[]Record{opening(1, 1, 1), buy(1, 1, "u"), cancel(1), buy(1, 2, "u"), expire(2), buy(1, 3, "v")}, []Outcome{a, a, a, a, a, a},
			Product{Epoch: 1, Held: 1, Placed: 1, Cancelled: 1, Expired: 1, LastNumber: 3, LastReturn: 2}},
		"orders end across epochs": {
			[]Record{opening(1, 2, 1), buy(1, 1, "u"), opening(2, 2, 1), cancel(1)}, []Outcome{a, a, a, a},
			Product{Epoch: 2, Cancelled: 1, LastNumber: 1, LastReturn: 1}},
		"an end of a former life of the product does not end the order that has its id now": {
			[]Record{closing(1), buy(1, 1, "u"), deletion(2), opening(3, 1, 1), buy(3, 1, "u"), endingOf(1, KindExpire, 1), endingOf(1, KindCancel, 1),
				endingOf(1, KindPay, 1), endingOf(3, KindPay, 1)},
			[]Outcome{a, a, a, a, a, s, s, s, a},
			Product{Epoch: 3, Held: 1, Paid: 1, LastNumber: 1}},
		"only a closed product is deleted": {
			[]Record{opening(1, 9, 9), buy(1, 1, "u"), deletion(2)}, []Outcome{a, a, r},
			Product{Epoch: 2, Refused: true, Held: 1, Placed: 1, LastNumber: 1}},
		"a deletion leaves a tombstone": {
			[]Record{closing(1), buy(1, 1, "u"), deletion(2), buy(2, 1, "u"), pay(1), deletion(3)}, []Outcome{a, a, a, s, r, r},
			Product{Epoch: 3, Refused: true, Deleted: true}},
		"a deleted product goes on from its epoch": {
			[]Record{closing(1), buy(1, 1, "u"), cancel(1), deletion(2), opening(3, 1, 1), buy(3, 1, "u")}, []Outcome{a, a, a, a, a, a},
			Product{Epoch: 3, Held: 1, Placed: 1, LastNumber: 1}},
		"deleting what never was leaves nothing to be seen": {
			[]Record{deletion(1), buy(1, 1, "u"), opening(2, 1, 1)}, []Outcome{r, s, a},
			Product{Epoch: 2}},
	} {
		t.Run(rule, func(t *testing.T) {
			s := NewState(Product{ID: "p", Partition: 7})
			var outcomes []Outcome
			for i, r := range c.records {
				outcomes = append(outcomes, Fold(s, r, Position{7, int64(i)}, stored))
			}
			if !slices.Equal(outcomes, c.outcomes) {
				t.Errorf("outcomes %v, not %v", outcomes, c.outcomes)
			}
			got := s.Product
			if got.ID != "p" || got.Partition != 7 {
				t.Errorf("id and partition became %q and %d", got.ID, got.Partition)
			}
			got.Applied, got.Ahead = 0, "" // seqs_test.go
			got.ID, got.Partition, got.Terms, got.Nonce = "", 0, Terms{}, ""
			if got != c.want {
				t.Errorf("product\n\t%+v, not\n\t%+v", got, c.want)
			}
		})
	}
}

func foldAll(s *State, records ...Record) {
	for i, r := range records {
		Fold(s, r, Position{7, int64(i)}, stored)
	}
}

// TestTheIdOfAnotherProductsOrder: it is poison, whoever buys, and until Settle.
func TestTheIdOfAnotherProductsOrder(t *testing.T) {
	s := NewState(Product{ID: "p"})
	Fold(s, opening(1, 9, 1), Position{7, 0}, stored)
	s.Add(Order{ID: OrderID{1}, ProductID: "other", UserID: "u", Status: Cancelled})
	before := s.Product
	for i, c := range []struct {
		r    Record
		want Outcome
	}{{buy(1, 1, "u"), Foreign}, {buy(2, 1, "u"), Stale}, {pay(1), Refused}, {cancel(1), Refused}} {
		if got := Fold(s, c.r, Position{7, int64(i + 1)}, stored); got != c.want || s.Product != before || len(s.Touched()) > 0 || s.Order(OrderID{1}) != nil {
			t.Errorf("%s of epoch %d: %s, not %s, and the product is %+v", c.r.Kind, c.r.Epoch, got, c.want, s.Product)
		}
	}
	s.ForgetChanges()
	if got := Fold(s, buy(1, 1, "u"), Position{7, 9}, stored); got != Applied {
		t.Errorf("after Settle: %s", got)
	}
}

func TestAnOrderIsKeptWhole(t *testing.T) {
	s := NewState(Product{ID: "p"})
	foldAll(s, opening(1, 9, 2), buy(1, 1, "u"), buy(1, 2, "u"), cancel(1))
	for _, want := range []Order{
		{ID: OrderID{1}, ProductID: "p", UserID: "u", Slot: 1, Number: 1, Status: Cancelled, Seq: 1, Epoch: 1,
			PlacedAt: stored, PayBy: stored.Add(time.Minute), EndedAt: written.Add(time.Second), Position: Position{7, 1}},
		{ID: OrderID{2}, ProductID: "p", UserID: "u", Slot: 2, Number: 2, Status: Placed, Seq: 2, Epoch: 1,
			PlacedAt: stored, PayBy: stored.Add(time.Minute), Position: Position{7, 2}},
	} {
		if got := s.Order(want.ID); got == nil || *got != want {
			t.Errorf("order\n\t%+v, not\n\t%+v", got, want)
		}
	}
	if got := s.Returns(); len(got) != 1 || got[0] != (Return{ProductID: "p", Number: 1, OrderID: OrderID{1}, UserID: "u"}) {
		t.Errorf("returns %v", got)
	}
}

func TestTheSmallestFreeSlot(t *testing.T) {
	s := NewState(Product{ID: "p"})
	foldAll(s, opening(1, 99, 9), buy(1, 1, "u"), buy(1, 2, "u"), buy(1, 3, "u"), buy(1, 9, "v"),
		cancel(2), cancel(1), buy(1, 4, "u"), buy(1, 5, "u"), buy(1, 6, "u"))
	for n, slot := range map[byte]int{3: 3, 4: 1, 5: 2, 6: 4, 9: 1} {
		if got := s.Order(OrderID{n}).Slot; got != slot {
			t.Errorf("order %d has slot %d, not %d", n, got, slot)
		}
	}
}

func TestWhatChanged(t *testing.T) {
	s := NewState(Product{ID: "p"})
	foldAll(s, closing(1), buy(1, 1, "u"), buy(1, 2, "v"))
	s.ForgetChanges()
	foldAll(s, buy(1, 1, "u"), pay(1), buy(1, 3, "w"))
	if got := touched(s); !slices.Equal(got, []byte{1, 3}) || s.Wiped() {
		t.Errorf("touched %v, wiped %t", got, s.Wiped())
	}
	foldAll(s, deletion(2), opening(3, 1, 1), buy(3, 4, "u"))
	if got := touched(s); !slices.Equal(got, []byte{4}) || !s.Wiped() {
		t.Errorf("after a deletion touched %v, wiped %t", got, s.Wiped())
	}
	if s.ForgetChanges(); len(touched(s)) > 0 || s.Wiped() || s.Order(OrderID{4}) == nil {
		t.Error("Settle forgets what changed, and nothing else")
	}
}

func touched(s *State) (numbers []byte) {
	for _, o := range s.Touched() {
		numbers = append(numbers, o.ID[0])
	}
	return numbers
}

func TestADeadLetterAsksForARecount(t *testing.T) {
	s := NewState(Product{ID: "p"})
	foldAll(s, opening(1, 9, 1))
	s.DeadLetter()
	s.DeadLetter()
	if p := s.Product; p.Recounts != 2 || p.Held != 0 {
		t.Errorf("after two dead letters the product is %+v", p)
	}
}

// A record of a kind that the fold does not know ends no order.
func TestAnUnknownKindHasNoEffect(t *testing.T) {
	s := NewState(Product{ID: "p", Partition: 1})
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, r := range []Record{
		{Kind: KindOpening, ProductID: "p", Epoch: 1, Nonce: "n", Terms: Terms{Quantity: 1, LimitPerUser: 1, PaymentWindow: time.Minute}, At: at},
		{Kind: KindOrder, ProductID: "p", Epoch: 1, OrderID: OrderID{1}, UserID: "u", Seq: 1, At: at},
	} {
		if outcome := Fold(s, r, Position{}, at); outcome != Applied {
			t.Fatalf("%s was %s", r.Kind, outcome)
		}
	}
	r := Record{Kind: "refund", ProductID: "p", Epoch: 1, OrderID: OrderID{1}, At: at}
	if outcome := Fold(s, r, Position{Offset: 2}, at); outcome != Refused || s.Order(OrderID{1}).Status != Placed {
		t.Errorf("it was %s, and the order is %s", outcome, s.Order(OrderID{1}).Status)
	}
}

// What a payment becomes hangs on its order as it is in the log before it; and the id of a
// deleted product's order that comes again is another order.
func TestPayments(t *testing.T) {
	s := NewState(Product{ID: "p"})
	price := Price{1000, "EUR"}
	at := func(epoch int64) Record {
		r := opening(epoch, 9, 9)
		r.Terms.Price = price
		return r
	}
	money := func(id string, n byte, p Price) Record {
		r := pay(n)
		r.PaymentID, r.LateID, r.Price = id, OrderID{100 + n}, p
		return r
	}
	early := money("of an epoch before its order", 4, price)
	early.Epoch = 0
	void := ending(KindVoid, 1)
	void.Reason = "fraud"
	for i, step := range []struct {
		r    Record
		want Outcome
	}{
		{money("before the product", 1, price), Applied}, {at(1), Applied},
		{buy(1, 1, "u"), Applied}, {buy(1, 2, "u"), Applied}, {buy(1, 3, "u"), Applied}, {buy(1, 4, "u"), Applied},
		{money("a", 1, price), Applied}, {money("a", 2, price), Known}, {money("in dollars", 2, Price{1000, "USD"}), Applied},
		{early, Applied}, {expire(3), Applied}, {money("late", 3, price), Applied}, {void, Applied}, {void, Refused},
		{money("after the void", 1, price), Applied}, {buy(1, 103, "v"), Applied}, {cancel(103), Refused}, {expire(103), Refused},
	} {
		if got := Fold(s, step.r, Position{Offset: int64(i)}, stored); got != step.want {
			t.Errorf("step %d, %s %s: %s, not %s", i, step.r.Kind, step.r.PaymentID, got, step.want)
		}
	}
	for id, want := range map[string]Payment{
		"before the product":           {Status: PaymentRefundDue, Reason: UnknownOrder},
		"a":                            {Status: PaymentRefundDue, Reason: Voided},
		"in dollars":                   {Status: PaymentRefundDue, Reason: WrongAmount},
		"of an epoch before its order": {Status: PaymentRefundDue, Reason: UnknownOrder},
		"late":                         {Status: PaymentPaid, WasLate: true},
		"after the void":               {Status: PaymentRefundDue, Reason: Voided},
	} {
		if m := s.Payment(id); m == nil || m.Status != want.Status || m.Reason != want.Reason || m.WasLate != want.WasLate {
			t.Errorf("%s: %+v, not %+v", id, m, want)
		}
	}
	p := &s.Product
	if p.Held != 3 || p.Placed != 2 || p.Paid != 1 || p.Cancelled != 1 || p.Expired != 1 || p.LastReturn != 2 {
		t.Errorf("%+v", *p)
	}
	if o := s.Order(OrderID{103}); o.Status != Paid || o.PaymentID != "late" || o.Price != price || !o.PayBy.IsZero() {
		t.Errorf("the order of a late payment: %+v", o)
	}
}
