package gatetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

var properties = []subtest{{"Property/any calls in any order", func(t *testing.T, f *fixture) {
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		// The harness serves every run: each has a product of its own.
		g := newFixture(rt, f.Harness)
		g.product = fmt.Sprintf("run-%d", runs)
		w := &walk{g, &model{missing: true, product: g.product, bound: f.MaxUnrelayed}, 0}
		w.stepReopen(rt)
		rt.Repeat(map[string]func(*rapid.T){
			"":        w.compare,
			"shut":    w.stepShut,
			"load":    w.stepLoad,
			"open":    w.stepOpen,
			"reopen":  w.stepReopen,
			"admit":   w.stepAdmit,
			"buy":     w.stepAdmit, // twice, as gates mostly admit
			"flood":   w.stepFlood,
			"return":  w.stepReturn,
			"forget":  w.stepForget,
			"pending": w.stepPending,
			"knows":   w.stepKnows,
			"remove":  w.stepRemove,
		})
	})
}}}

// walk takes a keeper and a model through the same calls.
type walk struct {
	*fixture
	m      *model
	floods int
}

var (
	drawUser  = rapid.SampledFrom([]string{"a", "b", "ab", "b-"}) // begin an id
	drawOrder = rapid.IntRange(0, 5)

	drawOrigin = rapid.SampledFrom([]string{"", "", origin(1), origin(2)})
	drawGroups = rapid.SampledFrom([][]string{nil, {"vip"}, {"staff", "vip"}, {"staff"}, {"VIP", "vips"}})
)

// drawHolding has orders that are one user's only, as every order id is.
func (w *walk) drawHolding(r *rapid.T) gate.Holding {
	user := drawUser.Draw(r, "user")
	n := drawOrder.Draw(r, "order")
	h := gate.Holding{User: userID(user), Order: order(1000*int(user[len(user)-1]) + 100*len(user) + n), Ended: rapid.Bool().Draw(r, "ended")}
	if !h.Ended {
		h.Origin = drawOrigin.Draw(r, "origin")
	}
	return h
}

// drawEpoch is around the gate's, and mostly it.
func (w *walk) drawEpoch(r *rapid.T) int64 {
	return max(1, w.m.epoch+rapid.SampledFrom([]int64{0, 0, 0, 0, 1, -1, 2}).Draw(r, "epoch"))
}

func (w *walk) drawIncarnation(r *rapid.T) string {
	if rapid.IntRange(0, 9).Draw(r, "stranger") == 0 {
		return "another"
	}
	return w.m.incarnation
}

func (w *walk) drawStart(r *rapid.T) gate.Start {
	return gate.Start{
		Terms: gate.Hours{
			LimitPerUser:     rapid.IntRange(1, 3).Draw(r, "limit"),
			OrdersPerUser:    rapid.SampledFrom([]int{0, 0, 3, 4}).Draw(r, "orders"),
			Paused:           rapid.IntRange(0, 9).Draw(r, "paused") == 0,
			Closed:           rapid.IntRange(0, 9).Draw(r, "closed") == 0,
			UnpaidPerAddress: rapid.SampledFrom([]int{0, 1, 2}).Draw(r, "unpaid"),
			Group:            rapid.SampledFrom([]string{"", "", "vip"}).Draw(r, "group"),
		},
		Remaining: rapid.SampledFrom([]int64{0, 1, 5, 1000, 1000}).Draw(r, "remaining"),
		Returned:  rapid.Int64Range(0, 2).Draw(r, "returned"),
	}
}

// kind demands an error of the model's kind, and reports whether there is none.
func (w *walk) kind(err, want error) bool {
	w.Helper()
	w.want(err, want)
	return want == nil
}

func (w *walk) stepShut(r *rapid.T) {
	epoch := w.drawEpoch(r)
	if w.m.missing {
		epoch = w.m.epoch + 1 // a removed product goes on from its tombstone's epoch
	}
	incarnation, _, err := w.Keeper.Shut(w.ctx, w.product, epoch)
	if w.kind(err, w.m.shutting(epoch)) {
		w.m.shutAt(epoch, incarnation)
	}
}

func (w *walk) stepLoad(r *rapid.T) {
	epoch, incarnation := w.drawEpoch(r), w.drawIncarnation(r)
	var holdings []gate.Holding
	for range rapid.IntRange(0, 6).Draw(r, "n") {
		h := w.drawHolding(r)
		loaded := func(o gate.Holding) bool { return o.Order == h.Order }
		if !slices.ContainsFunc(holdings, loaded) && !slices.ContainsFunc(w.m.holdings, loaded) {
			holdings = append(holdings, h)
		}
	}
	err := w.Keeper.Load(w.ctx, w.product, epoch, incarnation, holdings)
	if w.kind(err, w.m.loading(epoch, incarnation)) {
		w.m.load(holdings)
	}
}

func (w *walk) stepOpen(r *rapid.T) {
	epoch, incarnation, start := w.drawEpoch(r), w.drawIncarnation(r), w.drawStart(r)
	err := w.Keeper.Open(w.ctx, w.product, epoch, incarnation, start)
	if w.kind(err, w.m.loading(epoch, incarnation)) {
		w.m.open(start)
	}
}

// stepReopen goes a whole opening, which the single steps seldom do.
func (w *walk) stepReopen(r *rapid.T) {
	epoch := w.m.epoch + 1
	incarnation, _ := w.shut(epoch)
	w.m.shutAt(epoch, incarnation)
	holdings := slices.Clone(w.m.holdings)
	for range rapid.IntRange(0, 3).Draw(r, "n") {
		if h := w.drawHolding(r); w.m.find(h.User, h.Order) == nil {
			holdings = append(holdings, h)
			w.m.load([]gate.Holding{h})
		}
	}
	w.load(epoch, incarnation, holdings...)
	start := w.drawStart(r)
	w.want(w.Keeper.Open(w.ctx, w.product, epoch, incarnation, start), nil)
	w.m.open(start)
}

func (w *walk) stepAdmit(r *rapid.T) {
	var batch []gate.Request
	for range rapid.IntRange(0, 6).Draw(r, "n") {
		h := w.drawHolding(r)
		batch = append(batch, gate.Request{User: h.User, Order: h.Order, Groups: drawGroups.Draw(r, "groups"), Origin: drawOrigin.Draw(r, "origin")})
	}
	w.both(batch)
}

// stepFlood brings a crowd of strangers, for the bound of the outbox.
func (w *walk) stepFlood(r *rapid.T) {
	w.floods++
	w.both(buyers(w.floods*1_000_000, rapid.IntRange(w.m.bound/2, w.m.bound+1).Draw(r, "n")))
}

func (w *walk) both(batch []gate.Request) {
	w.Helper()
	got, err := w.Keeper.Admit(w.ctx, w.product, gate.Try{}, batch)
	decisions, entry, want := w.m.admit(batch)
	if !w.kind(err, want) {
		return
	}
	w.equal(got.Decisions, decisions)
	if got.Entry != entry {
		w.Fatalf("entry %q, not %q", got.Entry, entry)
	}
	w.same(got.View)
}

func (w *walk) stepReturn(r *rapid.T) {
	epoch := w.drawEpoch(r)
	var returns []sale.Return
	for range rapid.IntRange(0, 4).Draw(r, "n") {
		h := w.drawHolding(r)
		if known := len(w.m.holdings); known > 0 && rapid.Bool().Draw(r, "known") {
			h = w.m.holdings[rapid.IntRange(0, known-1).Draw(r, "which")]
		}
		number := w.m.returned + int64(rapid.IntRange(-1, 3).Draw(r, "number"))
		returns = append(returns, sale.Return{ProductID: w.product, Number: number, OrderID: h.Order, UserID: h.User, Origin: h.Origin, Paid: h.Origin != "" && rapid.Bool().Draw(r, "paid")})
	}
	got, err := w.Keeper.Return(w.ctx, w.product, epoch, returns)
	if !w.kind(err, w.m.at(epoch)) {
		return
	}
	if w.m.giveBack(returns); got != w.m.returned {
		w.Fatalf("holds return %d, not %d", got, w.m.returned)
	}
}

func (w *walk) stepForget(r *rapid.T) {
	entries := []gate.EntryID{"999-1"}
	for _, e := range w.m.outbox {
		if rapid.Bool().Draw(r, "forget") {
			entries = append(entries, e.ID)
		}
	}
	w.forget(entries...)
	w.m.forget(entries)
}

func (w *walk) stepPending(r *rapid.T) {
	n := rapid.IntRange(1, 4).Draw(r, "max")
	want := ids(w.m.outbox)
	if got := ids(w.pending(0, n)); !slices.Equal(got, want[:min(n, len(want))]) {
		w.Fatalf("%d of the outbox are %q, not of %q", n, got, want)
	}
	if got := w.pending(time.Hour, n); len(got) != 0 {
		w.Fatalf("an hour old: %v", got)
	}
}

func (w *walk) stepKnows(r *rapid.T) {
	epoch, h := w.drawEpoch(r), w.drawHolding(r)
	got, err := w.Keeper.Knows(w.ctx, w.product, epoch, h.User, h.Order)
	if w.kind(err, w.m.at(epoch)) && got != (w.m.find(h.User, h.Order) != nil) {
		w.Fatalf("Knows(%s, %s) is %v", h.User, h.Order, got)
	}
}

func (w *walk) stepRemove(r *rapid.T) {
	epoch := w.drawEpoch(r)
	if rapid.IntRange(0, 3).Draw(r, "sure") != 0 {
		r.Skip("else little else would happen")
	}
	var want error
	if !w.m.missing && epoch != w.m.epoch {
		want = sale.ErrFenced
	}
	if w.kind(w.Keeper.Remove(w.ctx, w.product, epoch), want) {
		w.m.missing = true
	}
}

// compare looks at everything that can be seen.
func (w *walk) compare(*rapid.T) {
	v, err := w.Keeper.View(w.ctx, w.product)
	open := w.kind(err, w.m.state())
	if open {
		w.same(v)
		w.unpaid(w.m.waits())
		if got, want := w.users(w.m.epoch), w.m.users(); !slices.Equal(got, want) {
			w.Fatalf("users are %q, not %q", got, want)
		}
		from := w.m.seq/2 + 1
		for _, user := range w.m.usersFrom(from) {
			if got := w.usersFrom(w.m.epoch, from); !slices.Contains(got, user) {
				w.Fatalf("%s is not among the users from seq %d on: %q", user, from, got)
			}
		}
	}
	boxed := w.pending(0, all)
	for _, e := range boxed {
		for i := range e.Orders {
			e.Orders[i].At = time.Time{}
		}
	}
	if !slices.EqualFunc(boxed, w.m.outbox, sameEntry) {
		w.Fatalf("outbox holds\n %v\nnot\n %v", boxed, w.m.outbox)
	}
}

func (w *walk) same(v gate.View) {
	w.Helper()
	m := w.m
	v.Now = time.Time{}
	if waiting := int64(m.waiting()); v.Waiting != waiting {
		w.Fatalf("%d orders wait, not %d", v.Waiting, waiting)
	}
	v.Waiting = 0
	if want := (gate.View{
		Epoch: m.epoch, Remaining: m.remaining, Seq: m.seq, Returned: m.returned,
		Terms: gate.Hours{LimitPerUser: m.limit, OrdersPerUser: m.orders, Paused: m.paused, Closed: m.closed, Group: m.group, UnpaidPerAddress: m.bounded},
	}); v != want {
		w.Fatalf("view\n %+v\nnot\n %+v", v, want)
	}
}
