package gatetest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

// all asks Pending for everything.
const all = math.MaxInt32

// tb is what *testing.T and *rapid.T have in common here.
type tb interface {
	Helper()
	Fatalf(format string, args ...any)
}

// fixture is a harness, with one product and short words for what tests do.
// Each of them fails the test if the contract says that it must work.
type fixture struct {
	tb
	Harness
	ctx     context.Context
	product string
}

func newFixture(t tb, h Harness) *fixture {
	if h.MaxUnrelayed < 100 {
		t.Fatalf("MaxUnrelayed is %d: the suite needs 100", h.MaxUnrelayed)
	}
	return &fixture{tb: t, Harness: h, ctx: context.Background(), product: "p_1-X"}
}

// of is the same keeper, for another product.
func (f *fixture) of(product string) *fixture {
	other := *f
	other.product = product
	return &other
}

// selling is a start with so many units, one a user.
func selling(units int64) gate.Start {
	return gate.Start{Terms: gate.Hours{LimitPerUser: 1}, Remaining: units}
}

// limited is a start with so many units, limit a user.
func limited(units int64, limit int) gate.Start {
	start := selling(units)
	start.Terms.LimitPerUser = limit
	return start
}

// order is the n-th order id of a test. Its bytes hold zeros and more, so that a
// keeper which takes ids for text is found out.
func order(n int) sale.OrderID {
	var random [10]byte
	binary.BigEndian.PutUint32(random[6:], uint32(n)*2654435761)
	random[2], random[3] = '\n', 0xff
	return sale.NewOrderID(time.UnixMilli(1_700_000_000_000+int64(n)), random)
}

// tail ends every user id of a test, so that it is as long and as odd as one may be.
const tail = "|gid://shop.example/Customer/1:a.b+c=~@x_-"

// userID is the user id that a test calls by its beginning.
func userID(name string) string {
	return name + strings.Repeat(tail, 1+sale.MaxUser/len(tail))[:sale.MaxUser-len(name)]
}

func nameOf(user string) string {
	name, _, _ := strings.Cut(user, tail[:1])
	return name
}

func buy(user string, n int, groups ...string) gate.Request {
	return gate.Request{User: userID(user), Order: order(n), Groups: groups}
}
func has(user string, n int) gate.Holding { return gate.Holding{User: userID(user), Order: order(n)} }
func had(user string, n int) gate.Holding {
	return gate.Holding{User: userID(user), Order: order(n), Ended: true}
}
func yes(n int, seq int64) gate.Decision {
	return gate.Decision{Verdict: gate.Admitted, Order: order(n), Seq: seq}
}
func no(v gate.Verdict, n int) gate.Decision { return gate.Decision{Verdict: v, Order: order(n)} }

// buyers are n requests of as many users, numbered from first.
func buyers(first, n int) []gate.Request {
	batch := make([]gate.Request, n)
	for i := range batch {
		batch[i] = buy(fmt.Sprintf("user%d", first+i), first+i)
	}
	return batch
}

func (f *fixture) shut(epoch int64) (incarnation string, now time.Time) {
	f.Helper()
	incarnation, now, err := f.Keeper.Shut(f.ctx, f.product, epoch)
	f.want(err, nil)
	if incarnation == "" {
		f.Fatalf("Shut returned no incarnation")
	}
	return incarnation, now
}

func (f *fixture) load(epoch int64, incarnation string, holdings ...gate.Holding) {
	f.Helper()
	f.want(f.Keeper.Load(f.ctx, f.product, epoch, incarnation, holdings), nil)
}

// open goes the whole way of an opening, and returns the gate's time at its start.
func (f *fixture) open(epoch int64, start gate.Start, holdings ...gate.Holding) time.Time {
	f.Helper()
	incarnation, now := f.shut(epoch)
	if len(holdings) > 0 {
		f.load(epoch, incarnation, holdings...)
	}
	f.want(f.Keeper.Open(f.ctx, f.product, epoch, incarnation, start), nil)
	return now
}

func (f *fixture) admit(batch ...gate.Request) gate.Admission {
	f.Helper()
	a, err := f.Keeper.Admit(f.ctx, f.product, gate.Try{}, batch)
	f.want(err, nil)
	if len(a.Decisions) != len(batch) {
		f.Fatalf("%d decisions on %d requests", len(a.Decisions), len(batch))
	}
	return a
}

// decides admits one request and compares the decision.
func (f *fixture) decides(r gate.Request, want gate.Decision) {
	f.Helper()
	f.equal(f.admit(r).Decisions, []gate.Decision{want})
}

func (f *fixture) equal(got, want []gate.Decision) {
	f.Helper()
	if !slices.Equal(got, want) {
		f.Fatalf("decided\n %v\nnot\n %v", words(got), words(want))
	}
}

func words(decisions []gate.Decision) []string {
	names := [...]string{"none", "known", "limit reached", "order limit", "closed", "paused", "not open", "sold out", "not eligible", "address limit", "admitted"}
	out := make([]string, len(decisions))
	for i, d := range decisions {
		out[i] = fmt.Sprintf("%s(%s, seq %d)", names[d.Verdict], d.Order, d.Seq)
	}
	return out
}

func (f *fixture) view() gate.View {
	f.Helper()
	v, err := f.Keeper.View(f.ctx, f.product)
	f.want(err, nil)
	return v
}

// counts compares what the gate counts.
func (f *fixture) counts(remaining, seq, returned int64) {
	f.Helper()
	if v := f.view(); v.Remaining != remaining || v.Seq != seq || v.Returned != returned {
		f.Fatalf("remaining %d, seq %d, returned %d; want %d, %d, %d", v.Remaining, v.Seq, v.Returned, remaining, seq, returned)
	}
}

func (f *fixture) pending(age time.Duration, max int) []gate.Entry {
	f.Helper()
	entries, err := f.Keeper.Pending(f.ctx, f.product, age, max)
	f.want(err, nil)
	return entries
}

func (f *fixture) waiting(want ...gate.EntryID) {
	f.Helper()
	if got := ids(f.pending(0, all)); !slices.Equal(got, want) {
		f.Fatalf("outbox holds %q, not %q", got, want)
	}
}

func ids(entries []gate.Entry) []gate.EntryID {
	var out []gate.EntryID
	for _, e := range entries {
		out = append(out, e.ID)
	}
	return out
}

func (f *fixture) forget(entries ...gate.EntryID) {
	f.Helper()
	f.want(f.Keeper.Forget(f.ctx, f.product, entries), nil)
}

func (f *fixture) giveBack(epoch int64, want int64, returns ...sale.Return) {
	f.Helper()
	got, err := f.Keeper.Return(f.ctx, f.product, epoch, returns)
	f.want(err, nil)
	if got != want {
		f.Fatalf("Return says that the gate holds return %d, not %d", got, want)
	}
}

// returned is the return by number of a user's order.
func (f *fixture) returned(number int64, user string, n int) sale.Return {
	return sale.Return{ProductID: f.product, Number: number, OrderID: order(n), UserID: userID(user)}
}

func (f *fixture) users(epoch int64) []string { return f.usersFrom(epoch, 0) }

func (f *fixture) usersFrom(epoch, from int64) []string {
	f.Helper()
	seen := map[string]bool{}
	f.want(f.Keeper.Users(f.ctx, f.product, epoch, from, func(user string) { seen[nameOf(user)] = true }), nil)
	var out []string
	for user := range seen {
		out = append(out, user)
	}
	slices.Sort(out)
	return out
}

func (f *fixture) knows(epoch int64, user string, n int, want bool) {
	f.Helper()
	got, err := f.Keeper.Knows(f.ctx, f.product, epoch, userID(user), order(n))
	f.want(err, nil)
	if got != want {
		f.Fatalf("Knows(%s, order %d) is %v", user, n, got)
	}
}

// want demands one of the kinds of error; nil is one, too.
func (f *fixture) want(err error, kinds ...error) {
	f.Helper()
	for _, kind := range kinds {
		if err == nil && kind == nil || kind != nil && errors.Is(err, kind) {
			return
		}
	}
	f.Fatalf("error is %v, not %v", err, kinds)
}
