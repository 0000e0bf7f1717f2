package storetest

import (
	"maps"
	"slices"
	"time"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// expect demands these outcomes of records, one batch each, and then that the keeper holds what it must.
func (w *world) expect(outcomes []sale.Outcome, records ...sale.Record) {
	w.Helper()
	for i, r := range records {
		if got := w.feed(0, r); got[0] != outcomes[i] {
			w.Errorf("record %d (%s of %s): %s, not %s", i, r.Kind, r.ProductID, got[0], outcomes[i])
		}
	}
	w.check()
}

func applyOpenings(w *world) {
	all := sale.Terms{
		Name: "Schön\u3000& “gut” 👨\u200d👩\u200d👧", Quantity: 10_000_000, LimitPerUser: 100, OrdersPerUser: 1000, UnpaidPerAddress: 1000, PaymentWindow: 168 * time.Hour,
		OpensAt: written, ClosesAt: written.Add(time.Hour), Paused: true, Closed: true, Archived: true, Group: "/members:vip@shop", Rehearsal: true,
		Price: sale.Price{Amount: sale.MaxAmount, Currency: "EUR"}, URL: "https://shop.example/pay?x=1", ImageURL: "http://127.0.0.1:8080/a.png",
	}
	w.expect([]sale.Outcome{sale.Applied, sale.Stale, sale.Stale, sale.Applied},
		opening("a", 1, all), opening("a", 1, all), opening("a", 3, all), opening("a", 2, sale.Terms{Quantity: 2, LimitPerUser: 1}))
	w.expect([]sale.Outcome{sale.Applied, sale.Applied, sale.Refused, sale.Stale, sale.Refused},
		buy("a", 2, 1, "u1"), buy("a", 2, 2, "u2"),
		opening("a", 3, sale.Terms{Quantity: 1, LimitPerUser: 1}), // below what is held: the epoch moves, the terms stay
		buy("a", 2, 3, "u3"), buy("a", 3, 4, "u4"))
	if p := must[sale.Product](w)(w.Keeper.Product(w.ctx, "a")); !p.Refused || p.Epoch != 3 || p.Terms.Quantity != 2 {
		w.Errorf("after refused terms the product is %+v", p)
	}
}

func applyKnown(w *world) {
	w.feed(0, opening("a", 1, withWindow(9, 1)))
	first := []sale.Record{buy("a", 1, 1, "u1"), buy("a", 1, 2, "u2")}
	w.feed(0, first...)
	w.feed(0, cancel("a", 2), buy("a", 1, 3, "u3"))
	again := slices.Concat(first, []sale.Record{buy("a", 1, 3, "u3"), cancel("a", 2), buy("a", 1, 4, "u4"), buy("a", 1, 4, "u4")})
	want := []sale.Outcome{sale.Known, sale.Known, sale.Known, sale.Refused, sale.Applied, sale.Known}
	if got := w.feed(0, again...); !slices.Equal(got, want) {
		w.Errorf("the same again: %v, not %v", got, want)
	}
	w.check()
}

func applySlots(w *world) {
	w.feed(0, opening("a", 1, withWindow(9, 3)), buy("a", 1, 1, "u1"), buy("a", 1, 2, "u1"), buy("a", 1, 3, "u1"))
	w.feed(0, cancel("a", 2), buy("a", 1, 4, "u1"), cancel("a", 1), cancel("a", 4)) // within one batch
	w.feed(0, buy("a", 1, 5, "u1"))
	w.feed(0, buy("a", 1, 6, "u1"), buy("a", 1, 7, "u1"))
	w.check()
	for n, slot := range map[int]int{4: 2, 5: 1, 6: 2} {
		if o := must[sale.Order](w)(w.Keeper.Order(w.ctx, id(n))); o.Slot != slot {
			w.Errorf("order %d has slot %d, not %d", n, o.Slot, slot)
		}
	}
}

func applyEnds(w *world) {
	w.feed(0, opening("a", 1, withWindow(5, 1)))
	for n := range 5 {
		w.feed(0, buy("a", 1, n+1, string(rune('a'+n))))
	}
	w.expect([]sale.Outcome{sale.Applied, sale.Applied, sale.Applied, sale.Refused, sale.Refused, sale.Refused, sale.Refused},
		pay("a", 1), cancel("a", 2), expire("a", 3), expire("a", 1), pay("a", 3), pay("a", 2), pay("a", 99))
	w.expect([]sale.Outcome{sale.Refused, sale.Applied, sale.Applied, sale.Refused, sale.Applied},
		cancel("b", 4), buy("a", 1, 6, "b"), buy("a", 1, 7, "c"), buy("a", 1, 8, "f"), cancel("a", 4))
	if got := w.full["a"].returns; len(got) != 3 || got[2] != (sale.Return{ProductID: "a", Number: 3, OrderID: id(4), UserID: userID("d")}) {
		w.Errorf("returns %v", got)
	}
}

// applyOrigins has orders count against an address for as long as they wait for payment.
func applyOrigins(w *world) {
	terms := withWindow(9, 1)
	terms.UnpaidPerAddress = 5
	final := terms
	final.PaymentWindow, final.UnpaidPerAddress = 0, 0
	from := func(epoch int64, n int, user, origin string) sale.Record {
		r := buy("a", epoch, n, user)
		r.Origin = origin
		return r
	}
	const here, there = "0123456789abcdef", "fedcba9876543210"
	w.expect([]sale.Outcome{sale.Applied, sale.Applied, sale.Applied, sale.Applied, sale.Applied, sale.Applied, sale.Applied},
		opening("a", 1, terms), from(1, 1, "a", here), from(1, 2, "b", here), from(1, 3, "c", there), from(1, 4, "d", there), buy("a", 1, 5, "e"), from(1, 6, "f", there))
	w.expect([]sale.Outcome{sale.Applied, sale.Applied, sale.Applied, sale.Applied, sale.Applied},
		pay("a", 1), cancel("a", 2), expire("a", 3), payment("a", 4, 4, 109), pay("a", 5))
	w.feed(0, void("a", 1))
	w.check()
	returned := func(number int64, n int, user, origin string, paid bool) sale.Return {
		return sale.Return{ProductID: "a", Number: number, OrderID: id(n), UserID: userID(user), Origin: origin, Paid: paid}
	}
	if want := []sale.Return{
		returned(1, 1, "a", here, true), returned(2, 2, "b", here, false), returned(3, 3, "c", there, false), returned(4, 4, "d", there, true), returned(5, 1, "a", "", false),
	}; !slices.Equal(w.full["a"].returns, want) {
		w.Errorf("returns %+v", w.full["a"].returns)
	}
	waiting := map[sale.OrderID]string{}
	must[sale.Product](w)(w.Keeper.Snapshot(w.ctx, "a", func(orders []sale.Order) error {
		for _, o := range orders {
			if o.Origin != "" {
				waiting[o.ID] = o.Origin
			}
		}
		return nil
	}))
	if !maps.Equal(waiting, map[sale.OrderID]string{id(6): there}) {
		w.Errorf("a gate would be told that these wait: %v", waiting)
	}
	w.feed(0, opening("a", 2, final), from(2, 7, "g", here)) // what is final waits for nothing
	w.check()
}

func applyRejected(w *world) {
	w.feed(0, opening("a", 1, withWindow(1, 1)), buy("a", 1, 1, "u1"), buy("a", 1, 2, "u2"), buy("a", 1, 3, "u3"))
	w.check()
	w.feed(0, opening("a", 2, withWindow(2, 1)))
	w.expect([]sale.Outcome{sale.Applied, sale.Refused, sale.Known, sale.Known},
		buy("a", 2, 3, "u3"), buy("a", 2, 2, "u2"), buy("a", 2, 2, "u2"), buy("a", 2, 3, "u3"))
}

func applyWipe(w *world) {
	closed := withWindow(9, 1)
	closed.Closed = true
	w.feed(0, opening("a", 1, withWindow(9, 1)), buy("a", 1, 1, "u1"), buy("a", 1, 2, "u2"), cancel("a", 2), opening("b", 1, withWindow(9, 1)), buy("b", 1, 3, "u1"))
	w.feed(0, deletion("a", 2), opening("a", 3, closed)) // refused: not closed
	w.check()
	w.feed(0, deletion("a", 4), buy("a", 4, 1, "u1"), deletion("a", 5))
	w.check()
	if _, err := w.Keeper.Order(w.ctx, id(1)); err == nil {
		w.Error("an order outlived its product")
	}
	w.feed(0, opening("a", 6, withWindow(9, 1)), buy("a", 6, 1, "u1"), cancel("a", 1), buy("a", 6, 2, "u1"))
	w.check()
}

func applyDeadLetters(w *world) {
	w.feed(1, opening("a", 1, withWindow(9, 1)))
	w.applyLetters()
	w.check()
	w.feed(1, buy("a", 1, 1, "u1"))
	w.feed(1, opening("a", 2, withWindow(9, 1)))
	w.check()
}

// applyLetters gives the keeper a batch of poison.
func (w *world) applyLetters() {
	w.Helper()
	next := w.marks[1].Next
	b := w.batch(1, []sale.Record{{ProductID: "a"}, {ProductID: "new"}, {ProductID: "a"}})
	w.dead = []orderstore.DeadLetter{
		{Position: sale.Position{Partition: 1, Offset: next}, Product: "a", Reason: "version 9, not 1", Raw: []byte("{\x00\xff}")},
		{Position: sale.Position{Partition: 1, Offset: next + 1}, Product: "", Reason: "no JSON", Raw: nil},
		{Position: sale.Position{Partition: 1, Offset: next + 2}, Product: "new", Reason: "no JSON", Raw: []byte("x")},
	}
	err := w.Keeper.Apply(w.ctx, b, func(_ time.Time, states []*sale.State) []orderstore.DeadLetter {
		states[0].DeadLetter()
		states[1].DeadLetter()
		return w.dead
	})
	if err != nil {
		w.Fatal(err)
	}
	w.marks[1] = b.To
	w.full["a"].DeadLetter()
}

// applyForeign: whose id an order has is seen over all products, new ones included,
// until the product that has it is deleted.
func applyForeign(w *world) {
	closed := withWindow(9, 1)
	closed.Closed = true
	w.expect([]sale.Outcome{sale.Applied, sale.Applied, sale.Applied, sale.Refused, sale.Applied},
		opening("a", 1, withWindow(2, 1)), buy("a", 1, 1, "u1"), buy("a", 1, 2, "u2"), buy("a", 1, 3, "u3"), cancel("a", 2))
	fresh := []sale.Record{opening("b", 1, withWindow(9, 9))}
	for n := 1; n <= 3; n++ { // placed, cancelled, rejected
		fresh = append(fresh, buy("b", 1, n, "u1"))
	}
	if got := w.feed(0, append(fresh, pay("b", 1), buy("b", 1, 4, "u1"))...); !slices.Equal(got,
		[]sale.Outcome{sale.Applied, sale.Foreign, sale.Foreign, sale.Foreign, sale.Refused, sale.Applied}) {
		w.Errorf("the ids of another product's orders, in the first batch of a product: %v", got)
	}
	w.check()
	w.expect([]sale.Outcome{sale.Foreign, sale.Stale, sale.Applied, sale.Applied, sale.Applied},
		buy("b", 1, 1, "u9"), buy("b", 9, 1, "u9"), opening("a", 2, closed), deletion("a", 3), buy("b", 1, 1, "u9"))
}

// applyLives: a deleted product that is put again may see an order id again, and what
// was to end the order of its former life does not end this one.
func applyLives(w *world) {
	closed := withWindow(9, 1)
	closed.Closed = true
	of := func(epoch int64, r sale.Record) sale.Record { r.Epoch = epoch; return r }
	w.expect([]sale.Outcome{sale.Applied, sale.Applied, sale.Applied, sale.Applied, sale.Applied, sale.Applied},
		opening("a", 1, withWindow(9, 1)), buy("a", 1, 1, "u1"), opening("a", 2, closed), deletion("a", 3),
		opening("a", 4, withWindow(9, 1)), buy("a", 4, 1, "u1"))
	w.expect([]sale.Outcome{sale.Stale, sale.Stale, sale.Stale, sale.Applied},
		of(1, expire("a", 1)), of(1, cancel("a", 1)), of(1, pay("a", 1)), of(4, cancel("a", 1)))
}
