package redisgate

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/redis/rueidis"

	"seckill/internal/devstack"
	"seckill/internal/gate"
	"seckill/internal/sale"
)

// patience is longer than a busy machine takes: no test fails on time.
const patience = time.Minute

// server starts a Redis of the test's own.
func server(t testing.TB, settings ...string) *devstack.Redis {
	t.Helper()
	r, err := devstack.StartRedis(t.Context(), t.TempDir(), settings...)
	if errors.Is(err, devstack.ErrMissing) {
		t.Skipf("SKIPPED: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

func connect(t testing.TB, o Options) *Gate {
	t.Helper()
	o.Timeout = patience
	g, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g
}

// ask sends a command past the gate, to the one server there.
func ask(url string, command ...string) (rueidis.RedisMessage, error) {
	option, err := rueidis.ParseURL(url)
	if err != nil {
		return rueidis.RedisMessage{}, err
	}
	option.ForceSingleClient, option.DisableCache, option.DisableRetry = true, true, true
	option.ConnWriteTimeout, option.Dialer.Timeout = patience, patience
	c, err := rueidis.NewClient(option)
	if c != nil {
		defer c.Close()
	}
	if err != nil {
		return rueidis.RedisMessage{}, err
	}
	return c.Do(context.Background(), c.B().Arbitrary(command...).Build()).ToMessage()
}

// do is ask, if it must work.
func do(t testing.TB, url string, command ...string) rueidis.RedisMessage {
	t.Helper()
	m, err := ask(url, command...)
	if err != nil && !rueidis.IsRedisNil(err) {
		t.Fatal(command, err)
	}
	return m
}

// serves waits until a server has read its data and, in a cluster, knows its slots.
func serves(t testing.TB, r *devstack.Redis) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		_, err := ask(r.URL(), "EXISTS", "any")
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatal(err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

const product = "p_1-X"

// opened is a gate that sells so many units, one a user, at epoch 1.
func opened(t testing.TB, g *Gate, units int64, holdings ...gate.Holding) (incarnation string) {
	t.Helper()
	return openedAs(t, g, gate.Start{Terms: gate.Hours{LimitPerUser: 1}, Remaining: units}, holdings...)
}

// openedAs is a gate opened with this, at epoch 1.
func openedAs(t testing.TB, g *Gate, start gate.Start, holdings ...gate.Holding) (incarnation string) {
	t.Helper()
	incarnation, _, err := g.Shut(t.Context(), product, 1)
	ok(t, err)
	ok(t, g.Load(t.Context(), product, 1, incarnation, holdings))
	ok(t, g.Open(t.Context(), product, 1, incarnation, start))
	return incarnation
}

func order(n int) sale.OrderID { return sale.NewOrderID(time.UnixMilli(int64(n)), [10]byte{'\n'}) }

func buy(user string, n int) gate.Request { return gate.Request{User: user, Order: order(n)} }

// admits demands a verdict on one request.
func admits(t testing.TB, g *Gate, r gate.Request, want gate.Verdict) {
	t.Helper()
	a, err := g.Admit(t.Context(), product, gate.Try{}, []gate.Request{r})
	ok(t, err)
	if got := a.Decisions[0].Verdict; got != want {
		t.Fatalf("verdict on %s is %d, not %d", r.User, got, want)
	}
}

// counts demands what remains, and how many orders were admitted and wait.
func counts(t testing.TB, g *Gate, remaining, seq int64, waiting int) {
	t.Helper()
	c, err := g.Cut(t.Context(), product)
	ok(t, err)
	wait := 0
	for _, e := range c.Outbox {
		wait += len(e.Orders)
	}
	if v := c.View; v.Remaining != remaining || v.Seq != seq || wait != waiting {
		t.Fatalf("remaining %d, seq %d, %d waiting; want %d, %d, %d", v.Remaining, v.Seq, wait, remaining, seq, waiting)
	}
}

func ok(t testing.TB, err error) {
	t.Helper()
	is(t, err, nil)
}

// is demands one of the kinds of error.
func is(t testing.TB, err error, kinds ...error) {
	t.Helper()
	for _, kind := range kinds {
		if errors.Is(err, kind) {
			return
		}
	}
	t.Fatalf("error is %v, not %v", err, kinds)
}
