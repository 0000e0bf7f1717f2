package verify_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"seckill/internal/gate"
	"seckill/internal/orderlog"
	"seckill/internal/orderstore"
	"seckill/internal/sale"
	"seckill/internal/verify"
)

// busy is a world in which everything has happened that may happen: "p" is in
// its fourth epoch, with orders in every state, units free, in flight and coming
// back; "q" is sold out; "r" was deleted, and "s" too, and put again.
func busy(t *testing.T) *world {
	w := newWorld(t)
	w.by = "ann"
	opening := func(epoch int64, nonce string, terms sale.Terms) sale.Record {
		return sale.Record{Kind: sale.KindOpening, ProductID: "p", Epoch: epoch, Nonce: nonce, Terms: terms, At: at}
	}
	terms := sale.Terms{Quantity: 12, LimitPerUser: 3, PaymentWindow: time.Hour, Price: sale.Price{Amount: 1999, Currency: "EUR"}}
	w.open("p", terms)
	for i, user := range []string{"ann", "ann", "bob", "cid", "dan", "eve"} {
		w.buy("p", user, byte(i+1))
	}
	w.end(sale.KindCancel, "p", 1) // ann keeps slot 2
	w.line(orderlog.Line{Product: "p", Poison: sale.ErrPoison, Raw: []byte("{")})
	w.line(orderlog.Line{Product: "?", Poison: sale.ErrPoison, Raw: []byte("?")})
	w.line(orderlog.Line{Product: "never-put", Poison: sale.ErrPoison, Raw: []byte("!")})
	stale := w.admit("p", "gus", 20)

	terms.LimitPerUser, terms.Price.Amount = 2, 2099
	w.open("p", terms)
	w.add(opening(2, "too late", terms), stale)
	w.buy("p", "bob", 11)
	w.buy("p", "bob", 12) // rejected: the gate was wrong
	w.buy("p", "bob", 19) // and again
	w.end(sale.KindCancel, "p", 11)
	w.end(sale.KindCancel, "p", 3)
	w.add(opening(3, "refused", sale.Terms{Quantity: 1, LimitPerUser: 1}))

	terms.LimitPerUser = 1
	w.open("p", terms)
	w.buy("p", "gus", 20)
	w.buy("p", "bob", 12)
	w.add(w.lines[len(w.lines)-1].Record) // appended twice
	w.buy("p", "hal", 9)
	w.end(sale.KindPay, "p", 4)
	w.end(sale.KindExpire, "p", 5)
	w.handOver("p")
	w.end(sale.KindCancel, "p", 6) // the gate does not know yet
	w.admit("p", "jim", 13)        // not in the log yet
	w.pays("p", "m1", 9, 2099)     // hal's
	w.pays("p", "m2", 5, 1999)     // dan's has expired: late
	w.pays("p", "m3", 9, 2099)     // twice
	w.pays("p", "m4", 3, 1)        // not enough
	w.pays("nobody", "m1", 1, 7)   // there is no such product
	w.add(sale.Record{Kind: sale.KindRefunded, ProductID: "p", PaymentID: "m4", By: "ann", At: at},
		sale.Record{Kind: sale.KindVoid, ProductID: "p", Epoch: 9, OrderID: orderID(4), Reason: "fraud", At: at})
	w.add(w.admit("p", "kim", 14)) // in the log, and not forgotten yet

	w.open("q", sale.Terms{Quantity: 2, LimitPerUser: 1})
	w.buy("q", "ann", 31)
	w.buy("q", "bob", 32)

	for _, id := range []string{"r", "s"} {
		w.open(id, sale.Terms{Quantity: 1, LimitPerUser: 1, Closed: true})
		w.buy(id, "ann", id[0])
		w.add(sale.Record{Kind: sale.KindOrder, ProductID: id, Epoch: 1, Seq: 2, UserID: "zoe", OrderID: orderID(31), At: at}) // q's
		w.add(sale.Record{Kind: sale.KindOpening, ProductID: id, Epoch: 2, Nonce: "gone", Deleted: true, By: "bob", Terms: sale.Terms{Quantity: 1, LimitPerUser: 1}, At: at})
	}
	delete(w.gates, "r")
	w.pays("r", "m1", 1, 7)
	w.open("s", sale.Terms{Quantity: 1, LimitPerUser: 1})
	w.buy("s", "ann", 's')
	return w
}

func TestAnHonestSaleHasNoFindings(t *testing.T) {
	for name, judge := range map[string]func(*world) (verify.Report, error){"live": (*world).live, "stopped": (*world).stopped} {
		t.Run(name, func(t *testing.T) {
			w := busy(t)
			r, err := judge(w)
			if err != nil {
				t.Fatal(err)
			}
			wantClean(t, r)
			if r.Products != 4 || r.Orders != 15 || r.Records != int64(len(w.lines)) {
				t.Errorf("counted %d products, %d orders, %d records; want 4, 15, %d", r.Products, r.Orders, r.Records, len(w.lines))
			}
			if left := len(r.LeftOut); name == "live" && left != 0 || name == "stopped" && left != 7 {
				t.Errorf("left out: %v", r.LeftOut)
			}
		})
	}
}

// pays appends a payment for an order.
func (w *world) pays(product, id string, n byte, amount int64) {
	w.add(sale.Record{
		Kind: sale.KindPay, ProductID: product, Epoch: 9, At: at, OrderID: orderID(n),
		PaymentID: id, LateID: orderID(200 + n), Price: sale.Price{Amount: amount, Currency: "EUR"},
	})
}

// payment finds a payment to damage.
func (w *world) payment(product, id string) *sale.Payment {
	for i := range w.payments {
		if m := &w.payments[i]; m.ProductID == product && m.ID == id {
			return m
		}
	}
	w.t.Fatalf("%s has no payment %s", product, id)
	return nil
}

// order finds a row to damage.
func (w *world) order(product string, n byte) *sale.Order {
	for i := range w.orders[product] {
		if w.orders[product][i].ID == orderID(n) {
			return &w.orders[product][i]
		}
	}
	w.t.Fatalf("%s has no order %d", product, n)
	return nil
}

func (w *world) drop(product string, n byte) {
	w.orders[product] = slices.DeleteFunc(w.orders[product], func(o sale.Order) bool { return o.ID == orderID(n) })
}

// forge makes a row of q that nothing in the log speaks of.
func (w *world) forge(n byte, change func(*sale.Order)) {
	o := sale.Order{ID: orderID(n), ProductID: "q", UserID: "zoe", Slot: 1, Number: int64(len(w.orders["q"]) + 1), Status: sale.Placed, Seq: 1, Epoch: 1}
	change(&o)
	w.orders["q"] = append(w.orders["q"], o)
	p := w.product["q"]
	p.Held, p.Placed, p.LastNumber = p.Held+1, p.Placed+1, p.LastNumber+1
}

// find is the offset of the first record that is so.
func (w *world) find(so func(sale.Record) bool) int {
	return slices.IndexFunc(w.lines, func(l orderlog.Line) bool { return l.Poison == nil && so(l.Record) })
}

// blank makes the first such record one that has no effect.
func (w *world) blank(so func(sale.Record) bool) {
	l := &w.lines[w.find(so)]
	l.Record = sale.Record{Kind: sale.KindPay, ProductID: l.Product, OrderID: orderID(250)}
}

// early appends an order of q before the opening of its epoch, and after one that was in vain.
func (w *world) early() {
	terms := w.product["q"].Terms
	w.add(sale.Record{Kind: sale.KindOpening, ProductID: "q", Epoch: 3, Nonce: "in vain", Terms: terms, At: at},
		sale.Record{Kind: sale.KindOrder, ProductID: "q", Epoch: 3, Seq: 1, OrderID: orderID(97), UserID: "zoe", At: at})
	terms.Quantity++
	w.open("q", terms)
	w.open("q", terms)
	w.admit("q", "zoe", 97)
	w.gates["q"].box = nil
}

func isOrder(n byte, epoch int64) func(sale.Record) bool {
	return func(r sale.Record) bool {
		return r.Kind == sale.KindOrder && r.OrderID == orderID(n) && r.Epoch == epoch
	}
}

// Each case damages a busy world in one way. want is every invariant that is
// then broken, and words are in one of the findings.
var damages = []struct {
	name   string
	damage func(*world)
	want   []verify.Invariant
	words  string
}{
	{"an order more than the quantity", func(w *world) { w.forge(99, func(*sale.Order) {}) },
		[]verify.Invariant{verify.Quantity, verify.Fold, verify.Units, verify.SoldOut}, "the log has no such order"},
	{"a user with more than the limit", func(w *world) { w.forge(99, func(o *sale.Order) { o.UserID, o.Slot = "ann", 2 }) },
		[]verify.Invariant{verify.Quantity, verify.Limit, verify.Fold, verify.Units, verify.SoldOut}, "user ann holds more units than the limit allows"},
	{"a slot doubled", func(w *world) { w.product["p"].Terms.LimitPerUser = 2; w.order("p", 9).UserID = "gus" },
		[]verify.Invariant{verify.Slots, verify.Fold}, "user gus holds two units in one slot"},
	{"a slot that does not exist", func(w *world) { w.order("p", 9).Slot = 0 },
		[]verify.Invariant{verify.Slots, verify.Fold}, "there is no such slot"},
	{"another slot", func(w *world) { w.order("p", 2).Slot = 1 }, []verify.Invariant{verify.Fold}, "slot"},

	{"an order's row deleted", func(w *world) { w.drop("p", 2) },
		[]verify.Invariant{verify.Numbers, verify.Counts, verify.Fold, verify.Units}, "the order is in the log, but not in the store"},
	{"the last order's row deleted", func(w *world) { w.drop("q", 32) },
		[]verify.Invariant{verify.Numbers, verify.Counts, verify.Fold, verify.Units, verify.SoldOut}, orderID(32).String()},
	{"a rejected order's row deleted", func(w *world) { w.drop("p", 19) },
		[]verify.Invariant{verify.Counts, verify.Fold}, orderID(19).String()},
	{"a rejected order's number", func(w *world) { w.order("p", 19).Number = 1 },
		[]verify.Invariant{verify.Numbers, verify.Fold}, "a rejected order has a number"},
	{"a rejected order to be paid", func(w *world) { w.order("p", 19).PayBy = at },
		[]verify.Invariant{verify.Steps, verify.Fold}, "the status is rejected, but pay_by says otherwise"},
	{"an order's row twice", func(w *world) { w.orders["q"] = append(w.orders["q"], *w.order("q", 32)) },
		[]verify.Invariant{verify.Quantity, verify.Limit, verify.Slots, verify.Numbers, verify.Counts, verify.Fold, verify.Units, verify.SoldOut}, "the order is there twice"},
	{"a gap in the numbers", func(w *world) { w.order("q", 32).Number = 3 },
		[]verify.Invariant{verify.Numbers, verify.Fold}, "orders are not numbered in a row"},
	{"the count of numbers", func(w *world) { w.product["q"].LastNumber = 3 },
		[]verify.Invariant{verify.Numbers, verify.Fold}, "last_number is 3, but 2 by the log"},

	{"the count of returns", func(w *world) { w.product["p"].LastReturn++ },
		[]verify.Invariant{verify.Returns, verify.Fold}, "last_return is 7, but 6 by the log"},

	{"who did it", func(w *world) { w.history["p"][1].By = "bob" },
		[]verify.Invariant{verify.Fold}, "the entry of the history is not as in the log"},
	{"the last of a history gone", func(w *world) { h := w.history["r"]; w.history["r"] = h[:len(h)-1] },
		[]verify.Invariant{verify.Numbers}, "more or fewer entries than the product counts"},
	{"the first of a history gone", func(w *world) { w.history["q"] = w.history["q"][1:] },
		[]verify.Invariant{verify.Numbers}, "more or fewer entries than the product counts"},
	{"an entry made up", func(w *world) {
		h := w.history["q"]
		e := h[0]
		e.Number = 2
		w.history["q"] = append(h, e)
		w.product["q"].LastEntry++
	},
		[]verify.Invariant{verify.Fold}, "the log has no such entry"},

	{"another user", func(w *world) { w.order("q", 31).UserID = "zoe" }, []verify.Invariant{verify.Fold}, "not as in the log: user_id"},
	{"another product", func(w *world) { w.order("q", 31).ProductID = "p" }, []verify.Invariant{verify.Fold}, "product_id"},
	{"another seq", func(w *world) { w.order("q", 31).Seq = 2 }, []verify.Invariant{verify.Fold}, "seq"},
	{"an older epoch", func(w *world) { w.order("p", 9).Epoch = 3 }, []verify.Invariant{verify.Fold}, "epoch"},
	{"an epoch that never was", func(w *world) { w.order("q", 31).Epoch = 2 },
		[]verify.Invariant{verify.Openings, verify.Fold}, "an epoch that was never opened"},
	{"another place", func(w *world) { w.order("q", 31).Position.Offset-- }, []verify.Invariant{verify.Fold}, "position"},
	{"place in the log was never folded", func(w *world) { w.order("q", 31).Position.Offset = 1000 },
		[]verify.Invariant{verify.Position, verify.Fold}, "place in the log was never folded"},
	{"another partition", func(w *world) { w.order("q", 31).Position.Partition = 1 },
		[]verify.Invariant{verify.Position, verify.Fold}, "partition"},

	{"a status hacked to paid", func(w *world) { w.order("p", 2).Status = sale.Paid },
		[]verify.Invariant{verify.Counts, verify.Fold}, "not as in the log: status"},
	{"a status hacked to paid where nothing was to be paid", func(w *world) { w.order("q", 31).Status = sale.Paid },
		[]verify.Invariant{verify.Steps, verify.Counts, verify.Fold}, "the status is paid, but pay_by says otherwise"},
	{"a status hacked to expired", func(w *world) { w.order("p", 9).Status = sale.Expired },
		[]verify.Invariant{verify.Steps, verify.Counts, verify.Returns, verify.Fold, verify.Units, verify.Money}, "the status is expired, but ended_at says otherwise"},
	{"a status that the fold never gives", func(w *world) { w.order("p", 9).Status = sale.Queued },
		[]verify.Invariant{verify.Steps, verify.Counts, verify.Fold, verify.Units, verify.Money}, `there is no status "queued"`},
	{"an end to what goes on", func(w *world) { w.order("q", 31).EndedAt = at },
		[]verify.Invariant{verify.Steps, verify.Fold}, "ended_at"},
	{"another end", func(w *world) { w.order("p", 5).EndedAt = at },
		[]verify.Invariant{verify.Fold}, "ended_at"},
	{"nothing to pay where there was", func(w *world) { w.order("p", 9).PayBy = time.Time{} },
		[]verify.Invariant{verify.Fold}, "pay_by"},

	{"a count", func(w *world) { w.product["p"].Paid++ }, []verify.Invariant{verify.Counts, verify.Fold}, "paid is 2, but 1 by the log"},
	{"the terms", func(w *world) { w.product["p"].Terms.PaymentWindow = time.Minute },
		[]verify.Invariant{verify.Fold}, "payment_window is 1m0s, but 1h0m0s by the log"},
	{"the group", func(w *world) { w.product["p"].Terms.Group = "vip" },
		[]verify.Invariant{verify.Fold}, `group is "vip", but "" by the log`},
	{"what an address may hold", func(w *world) { w.product["p"].Terms.UnpaidPerAddress = 1 },
		[]verify.Invariant{verify.Fold}, "unpaid_per_address is 1, but 0 by the log"},
	{"an origin that no order has", func(w *world) { w.order("p", 9).Origin = "0123456789abcdef" },
		[]verify.Invariant{verify.Fold}, "not as in the log: origin"},
	{"a return that frees no unit", func(w *world) { w.returns["p"][0].Paid = true },
		[]verify.Invariant{verify.Returns, verify.Fold}, "by the log this return is of order"},
	{"the quantity", func(w *world) { w.product["p"].Terms.Quantity++ },
		[]verify.Invariant{verify.Fold, verify.Units}, "quantity is 13, but 12 by the log"},
	{"a product's row deleted", func(w *world) { delete(w.product, "q") }, []verify.Invariant{verify.Fold}, "the product is in the log, but not in the store"},
	{"a product that was never put", func(w *world) { w.product["t"] = &sale.Product{ID: "t", Epoch: 1, Deleted: true} },
		[]verify.Invariant{verify.Fold}, "the log has no such product"},
	{"a tombstone raised", func(w *world) { w.product["r"].Deleted = false; w.gates["r"] = &door{view: gate.View{Epoch: 2}} },
		[]verify.Invariant{verify.Fold}, "deleted is false, but true by the log"},
	{"a product in no partition", func(w *world) { w.product["q"].Partition = 7 }, []verify.Invariant{verify.Fold}, "a partition that the log does not have"},

	{"an epoch opened twice", func(w *world) { w.product["p"].Nonce = "too late" },
		[]verify.Invariant{verify.Openings}, `nonce is "too late"`},
	{"an epoch skipped", func(w *world) { w.product["q"].Epoch++; w.gates["q"].view.Epoch++; w.gates["q"].view.Seq = 0 },
		[]verify.Invariant{verify.Openings}, "epoch is 2, but 1 by the log"},

	{"a return's row deleted", func(w *world) { w.returns["p"] = slices.Delete(w.returns["p"], 4, 5) },
		[]verify.Invariant{verify.Returns, verify.Fold, verify.Units}, "some returns are in the log, but not in the store"},
	{"a return skipped", func(w *world) { w.returns["p"] = slices.Delete(w.returns["p"], 1, 2) },
		[]verify.Invariant{verify.Returns, verify.Fold}, "returns are not numbered in a row"},
	{"a return of another order", func(w *world) { w.returns["p"][0].OrderID = orderID(9) },
		[]verify.Invariant{verify.Fold}, "by the log this return is of order " + orderID(1).String()},
	{"a return too many", func(w *world) {
		w.returns["q"] = []sale.Return{{ProductID: "q", Number: 1, OrderID: orderID(31), UserID: "ann"}}
	},
		[]verify.Invariant{verify.Returns, verify.Fold, verify.Units}, "the log has no such return"},

	{"a dead letter's row deleted", func(w *world) { w.letters = w.letters[1:] }, []verify.Invariant{verify.Fold}, "a poison record has no dead letter"},
	{"a dead letter changed", func(w *world) { w.letters[0].Raw = []byte("[") }, []verify.Invariant{verify.Fold}, "a dead letter is not what the log has there"},
	{"a dead letter of a whole record", func(w *world) { w.letters = append(w.letters, orderstore.DeadLetter{Product: "q"}) },
		[]verify.Invariant{verify.Fold}, "there is a dead letter, and no poison record"},
	{"a dead letter of an order whose id is nobody else's", func(w *world) {
		i := w.find(isOrder(32, 1))
		w.letters = append(w.letters, orderstore.DeadLetter{Position: sale.Position{Offset: int64(i)}, Product: "q", Raw: w.lines[i].Record.AppendBody(nil)})
	}, []verify.Invariant{verify.Fold, verify.Seqs}, "whose id no order of another product has"},
	{"a dead letter of no partition", func(w *world) {
		w.letters = append(w.letters, orderstore.DeadLetter{Position: sale.Position{Partition: 3}})
	}, []verify.Invariant{verify.Fold}, "seckill_dead_letter, partition 3"},

	{"a position beyond the log's end", func(w *world) { w.mark.Next++ }, []verify.Invariant{verify.Position}, "not so: partition 0: position <= log end"},
	{"a position behind another record", func(w *world) { w.lines[w.mark.Next-1].Sum++ }, []verify.Invariant{verify.Position}, "it was cut off, and grew again"},
	{"a position of another log", func(w *world) { w.source.Cluster = "d" }, []verify.Invariant{verify.Position}, "filled from the log"},
	{"a position of another life of the topic", func(w *world) { w.source.Topic = "u" }, []verify.Invariant{verify.Position}, "filled from the log"},
	{"a position of a later leader", func(w *world) { w.source.Leader-- }, []verify.Invariant{verify.Position}, "filled from the log"},
	{"a position moved on without its rows", func(w *world) {
		w.line(orderlog.Line{Product: "q", Record: sale.Record{Kind: sale.KindOpening, ProductID: "q", Epoch: 2, Nonce: "n", Terms: w.product["q"].Terms}})
		w.mark.Next++
		w.mark.Sum++
	}, []verify.Invariant{verify.Openings, verify.Fold}, "epoch is 1, but 2 by the log"},
	{"an order that the fold forgot to have applied", func(w *world) { w.product["q"].Applied-- }, []verify.Invariant{verify.Fold}, "met is 1, but 2 by the log"},

	{"a record lost from the log", func(w *world) { w.blank(isOrder(9, 4)) },
		[]verify.Invariant{verify.Seqs, verify.Fold}, "neither in the log nor in the outbox"},
	{"a record lost from the outbox", func(w *world) { w.gates["p"].box = w.gates["p"].box[1:] },
		[]verify.Invariant{verify.Seqs, verify.Units}, "first missing seq 4"},
	{"a record twice, with another id", func(w *world) {
		r := w.lines[w.find(isOrder(9, 4))].Record
		r.OrderID, r.UserID = orderID(98), "lea"
		w.line(orderlog.Line{Product: "p", Record: r})
		w.fold()
	}, []verify.Invariant{verify.Seqs, verify.Units}, "two orders have the same seq"},
	{"an outbox that contradicts the log", func(w *world) { w.gates["p"].box[1].Orders[0].OrderID = orderID(98) },
		[]verify.Invariant{verify.Seqs, verify.Units}, "two orders have the same seq"},
	{"an outbox ahead of its gate", func(w *world) {
		w.gates["q"].view.Seq--
		w.gates["q"].box = []gate.Entry{{Orders: []sale.Record{w.lines[w.find(isOrder(32, 1))].Record}}}
	},
		[]verify.Invariant{verify.Seqs}, "a seq that the gate never gave"},
	{"a position in no partition", func(w *world) { w.marks = map[int32]orderstore.Mark{1: {}} },
		[]verify.Invariant{verify.Position}, "a partition that the log does not have"},
	{"an order appended before its opening", func(w *world) { w.early() },
		[]verify.Invariant{verify.Seqs, verify.Units, verify.SoldOut}, "neither in the log nor in the outbox"},
	{"a line missing from the log", func(w *world) { w.lines = slices.Delete(w.lines, 5, 6) },
		[]verify.Invariant{verify.Position}, "position <= log end"},
	{"a hole in the log", func(w *world) { w.lines[7].Offset++ }, []verify.Invariant{verify.Damage}, "the log gives the record at 8 where that at 7 should be"},

	{"a gate that is paused", func(w *world) { w.gates["p"].terms = func(h *gate.Hours) { h.Paused = true } },
		[]verify.Invariant{verify.Terms}, "paused true"},
	{"a gate that is closed", func(w *world) { w.gates["p"].terms = func(h *gate.Hours) { h.Closed = true } },
		[]verify.Invariant{verify.Terms}, "closed true"},
	{"a gate that opens later", func(w *world) { w.gates["p"].terms = func(h *gate.Hours) { h.OpensAt = at } },
		[]verify.Invariant{verify.Terms}, "opens_at 2026-05-09T12:00:00.000Z"},
	{"a gate that closes earlier", func(w *world) { w.gates["p"].terms = func(h *gate.Hours) { h.ClosesAt = at } },
		[]verify.Invariant{verify.Terms}, "closes_at 2026-05-09T12:00:00.000Z"},
	{"a gate with another limit", func(w *world) { w.gates["p"].terms = func(h *gate.Hours) { h.LimitPerUser++ } },
		[]verify.Invariant{verify.Terms}, "limit_per_user 2"},
	{"a gate with another limit of orders", func(w *world) { w.gates["p"].terms = func(h *gate.Hours) { h.OrdersPerUser++ } },
		[]verify.Invariant{verify.Terms}, "orders_per_user 21"},
	{"a gate for another group", func(w *world) { w.gates["p"].terms = func(h *gate.Hours) { h.Group = "vip" } },
		[]verify.Invariant{verify.Terms}, `group "vip"`},
	{"a gate that sells into another partition", func(w *world) { w.gates["p"].terms = func(h *gate.Hours) { h.Partition++ } },
		[]verify.Invariant{verify.Terms}, "partition 1"},
	{"a gate that has forgotten a buyer", func(w *world) { w.gates["p"].lacks = "hal" },
		[]verify.Invariant{verify.Buyers}, "the gate does not know user hal"},
	{"a gate that has forgotten a buyer whose order ended", func(w *world) { w.gates["p"].lacks = "eve" },
		[]verify.Invariant{verify.Buyers}, orderID(6).String()},
	{"a gate that counts too many orders that wait", func(w *world) { w.gates["q"].counts = 100_000 },
		[]verify.Invariant{verify.Waiting}, "waiting 100000, in the outbox 0"},
	{"a gate that counts too few orders that wait", func(w *world) { w.gates["p"].counts = -1 },
		[]verify.Invariant{verify.Waiting}, "in the outbox 2"},
	{"another secret", func(w *world) { w.secret = []byte{1} },
		[]verify.Invariant{verify.Secret}, "another secret of keyed order ids than the tables"},
	{"more time to pay", func(w *world) { o := w.order("p", 9); o.PayBy = o.PayBy.Add(time.Minute) },
		[]verify.Invariant{verify.Fold}, "not as in the log: pay_by"},
	{"a price that the product did not have", func(w *world) { w.order("p", 4).Price.Amount = 2099 },
		[]verify.Invariant{verify.Fold}, "not as in the log: price"},
	{"a price in another currency", func(w *world) { w.product["p"].Terms.Price.Currency = "USD" },
		[]verify.Invariant{verify.Fold}, "price is {2099 USD}, but {2099 EUR} by the log"},
	{"a link to another shop", func(w *world) { w.product["q"].Terms.URL = "https://evil.example" },
		[]verify.Invariant{verify.Fold}, "url is"},
	{"a payment that nobody made", func(w *world) {
		w.payments = append(w.payments, sale.Payment{ProductID: "q", ID: "m9", Paid: sale.Price{Amount: 1, Currency: "EUR"}, Status: sale.PaymentRefundDue})
	}, []verify.Invariant{verify.Fold}, "seckill_payment m9"},
	{"a payment that has left no trace", func(w *world) {
		w.payments = slices.DeleteFunc(w.payments, func(m sale.Payment) bool { return m.ProductID == "nobody" })
	}, []verify.Invariant{verify.Fold}, "some payments are in the log, but not in the store"},
	{"a payment of another amount", func(w *world) { w.payment("p", "m1").Paid.Amount-- }, []verify.Invariant{verify.Fold, verify.Money}, "not as in the log: amount"},
	{"a payment that is owed back no more", func(w *world) { w.payment("p", "m3").Status = sale.PaymentRefunded },
		[]verify.Invariant{verify.Fold}, "seckill_payment m3"},
	{"a late payment that is said to be paid", func(w *world) { w.payment("p", "m2").Status = sale.PaymentPaid },
		[]verify.Invariant{verify.Fold, verify.Money}, "not as in the log: status"},
	{"an order that another payment pays", func(w *world) { w.order("p", 9).PaymentID = "m3" },
		[]verify.Invariant{verify.Fold}, "not as in the log: payment_id"},
	{"a voided order that has another reason", func(w *world) { w.order("p", 4).VoidReason = "none" },
		[]verify.Invariant{verify.Fold}, "not as in the log: void_reason"},
	{"less time to have paid", func(w *world) { o := w.order("p", 4); o.PayBy = o.PlacedAt },
		[]verify.Invariant{verify.Fold}, "not as in the log: pay_by"},

	{"a unit more to sell", func(w *world) { w.gates["p"].view.Remaining++ }, []verify.Invariant{verify.Units}, "remaining + held + in flight + returns pending = quantity"},
	{"a unit that nobody can buy", func(w *world) { w.gates["p"].view.Remaining-- }, []verify.Invariant{verify.Units}, "quantity 12"},
	{"a return taken twice", func(w *world) { w.gates["p"].view.Returned++; w.gates["p"].view.Remaining += 2 }, []verify.Invariant{verify.Units}, ""},
	{"a return that the gate skipped", func(w *world) { w.gates["p"].view.Returned++ }, []verify.Invariant{verify.Units}, ""},
	{"a return that was never given", func(w *world) { w.gates["q"].view.Returned++; w.gates["q"].view.Remaining++ }, []verify.Invariant{verify.Returns, verify.Units}, "returns that the gate took <= returns given"},
	{"a unit that is neither held nor for sale", func(w *world) { w.product["q"].Terms.Quantity++ },
		[]verify.Invariant{verify.Fold, verify.Units, verify.SoldOut}, "sold out: held = quantity"},
}

func TestDamageIsNamed(t *testing.T) {
	for _, c := range damages {
		t.Run(c.name, func(t *testing.T) {
			w := busy(t)
			c.damage(w)
			r, err := w.live()
			if err != nil {
				t.Fatal(err)
			}
			wantFindings(t, r, c.want, c.words)
		})
	}
}

func wantClean(t *testing.T, r verify.Report) {
	t.Helper()
	if !r.Clean() {
		t.Errorf("findings:\n%s", printed(r))
	}
	for _, c := range r.Checks {
		if !c.Holds {
			t.Errorf("does not hold: %+v", c)
		}
	}
}

func wantFindings(t *testing.T, r verify.Report, want []verify.Invariant, words string) {
	t.Helper()
	got, named := map[verify.Invariant]bool{}, strings.Contains(printed(r), words)
	for _, f := range r.Findings {
		got[f.Invariant] = true
	}
	for _, i := range want {
		if !got[i] {
			t.Errorf("no finding against %q", i)
		}
		delete(got, i)
	}
	if len(got) > 0 || !named {
		t.Errorf("also found against %v; %q said: %v", got, words, named)
	}
	if t.Failed() {
		for _, f := range r.Findings {
			t.Log(f)
		}
	}
}

func printed(r verify.Report) string {
	var b strings.Builder
	if err := r.Print(&b, true); err != nil {
		return err.Error()
	}
	return b.String()
}

// If an order is placed once the log has it, a rejected one was a lie.
func TestARejectedOrderThatWasFirm(t *testing.T) {
	w := newWorld(t)
	w.open("p", sale.Terms{Quantity: 5, LimitPerUser: 1})
	w.buy("p", "ann", 1)
	w.buy("p", "ann", 2) // the gate was wrong
	for placed, firm := range map[sale.PlacedBy]bool{sale.PlacedByStore: false, sale.PlacedByLog: true} {
		r, err := verify.Stopped(t.Context(), verify.Parts{Log: w, Store: w, Placed: placed})
		if err != nil {
			t.Fatal(err)
		}
		if found := slices.ContainsFunc(r.Findings, func(f verify.Finding) bool { return f.Invariant == verify.Firm }); found != firm {
			t.Errorf("firm %v: %v", firm, r.Findings)
		}
	}
}
