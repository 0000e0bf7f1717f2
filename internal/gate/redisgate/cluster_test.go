package redisgate

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"seckill/internal/devstack"
	"seckill/internal/gate"
	"seckill/internal/sale"
)

// redisCluster starts one of the test's own.
func redisCluster(t *testing.T, settings ...string) *devstack.RedisCluster {
	t.Helper()
	c, err := devstack.StartRedisCluster(t.Context(), t.TempDir(), settings...)
	if errors.Is(err, devstack.ErrMissing) {
		t.Skipf("SKIPPED: %v", err)
	}
	ok(t, err)
	t.Cleanup(c.Close)
	return c
}

// slotOf is the slot of a product's keys.
func slotOf(t *testing.T, r *devstack.Redis, product string) int64 {
	t.Helper()
	m := do(t, r.URL(), "CLUSTER", "KEYSLOT", "{"+product+"}")
	slot, err := m.AsInt64()
	ok(t, err)
	return slot
}

// TestADeadShardTakesItsOwnProductsAlone: with one of three masters gone, a process
// starts, and the products of the others are opened and sold.
func TestADeadShardTakesItsOwnProductsAlone(t *testing.T) {
	cluster := redisCluster(t)
	masters := cluster.Masters
	on := [devstack.Shards]string{} // a product of each
	for n := 0; on[0] == "" || on[1] == "" || on[2] == ""; n++ {
		id := fmt.Sprint("p", n)
		on[slotOf(t, masters[0], id)*devstack.Shards/devstack.Slots] = id
	}
	before := connect(t, Options{URL: cluster.URL()})
	cluster.Replicas[2].Kill()
	masters[2].Kill()
	for name, g := range map[string]*Gate{"a process from before": before, "one that starts": connect(t, Options{URL: cluster.URL()})} {
		warnings, err := g.Check(t.Context())
		ok(t, err)
		if !strings.Contains(strings.Join(warnings, "; "), "does not answer") {
			t.Errorf("%s: warnings are %q", name, warnings)
		}
		if away, err := g.Away(t.Context()); err != nil || !slices.ContainsFunc(away, func(at string) bool { return strings.Contains(masters[2].URL(), at) }) {
			t.Errorf("%s: %q are away, and %v", name, away, err)
		}
		for _, id := range on[:2] {
			v, _ := g.View(t.Context(), id)
			incarnation, _, err := g.Shut(t.Context(), id, v.Epoch+1)
			ok(t, err)
			ok(t, g.Load(t.Context(), id, v.Epoch+1, incarnation, []gate.Holding{{User: "h", Order: order(1)}}))
			ok(t, g.Open(t.Context(), id, v.Epoch+1, incarnation, gate.Start{Terms: gate.Hours{LimitPerUser: 1}, Remaining: 1}))
			a, err := g.Admit(t.Context(), id, gate.Try{}, []gate.Request{buy("a", 2)})
			ok(t, err)
			if a.Decisions[0].Verdict != gate.Admitted {
				t.Errorf("%s: %v", name, a.Decisions)
			}
			ok(t, g.Forget(t.Context(), id, []gate.EntryID{a.Entry}))
		}
		_, err = g.View(t.Context(), on[2])
		is(t, err, sale.ErrUnavailable)
	}
	cluster.Close()
	if away, err := before.Away(t.Context()); len(away) < devstack.Shards {
		t.Errorf("%q are away", away)
	} else {
		is(t, err, sale.ErrUnavailable)
	}
	_, err := before.Check(t.Context())
	is(t, err, sale.ErrUnavailable)
}

// TestASlotThatMoves: while the keys of a product go to another node one after the
// other, a call is refused with nothing done, or does all of its work.
func TestASlotThatMoves(t *testing.T) {
	c := redisCluster(t, "cluster-node-timeout 600000") // no replica takes over from a master that stands still
	slot := slotOf(t, c.Masters[0], product)
	shard := int(slot * devstack.Shards / devstack.Slots)
	source, target := c.Masters[shard], c.Masters[(shard+1)%devstack.Shards]
	g := connect(t, Options{URL: c.URL()})
	const here, elsewhere = "0123456789abcdef", "fedcba9876543210"
	from := func(r gate.Request, origin string) gate.Request {
		r.Origin = origin
		return r
	}
	start := gate.Start{Terms: gate.Hours{LimitPerUser: 1, UnpaidPerAddress: 2}, Remaining: 5}
	incarnation := openedAs(t, g, start, gate.Holding{User: "h", Order: order(9), Origin: here}, gate.Holding{User: "e", Order: order(8), Ended: true})
	admits(t, g, from(buy("a", 1), here), gate.Admitted)

	tagged := strings.TrimSuffix(g.keys(product)[0], "gate")
	keys := []string{"gate", "outbox", "e1:buyers", "e1:ended", "e1:recent", "e1:unpaid"}
	for i := range keys {
		keys[i] = tagged + keys[i]
	}
	name := func(r *devstack.Redis) string {
		m := do(t, r.URL(), "CLUSTER", "MYID")
		id, err := m.ToString()
		ok(t, err)
		return id
	}
	move := func(from, to *devstack.Redis, key string) {
		t.Helper()
		host, port, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(to.URL(), "redis://"), "/0"), ":")
		do(t, from.URL(), "MIGRATE", host, port, key, "0", strconv.FormatInt(patience.Milliseconds(), 10), "REPLACE")
	}
	// state is what stands at the source.
	state := func() (all string) {
		for _, key := range keys {
			m, _ := ask(source.URL(), "HGETALL", key)
			if fields, err := m.AsStrMap(); err == nil { // Valkey has them in any order
				all += fmt.Sprintf("%q\n", fields)
				continue
			}
			m, _ = ask(source.URL(), "DUMP", key) // it is no hash, or away
			text, _ := m.ToString()
			all += strconv.Quote(text) + "\n"
		}
		return all
	}
	at, to := name(source), name(target)
	set := func(r *devstack.Redis, state ...string) {
		t.Helper()
		do(t, r.URL(), append([]string{"CLUSTER", "SETSLOT", strconv.FormatInt(slot, 10)}, state...)...)
	}
	set(target, "IMPORTING", at)
	var done []string
	for _, key := range keys {
		set(source, "MIGRATING", to)
		move(source, target, key)
		for method, call := range map[string]func() error{
			"Admit": func() error {
				_, err := g.Admit(t.Context(), product, gate.Try{}, []gate.Request{from(buy("b", 2), elsewhere)})
				return err
			},
			"Return": func() error {
				_, err := g.Return(t.Context(), product, 1, []sale.Return{{Number: 1, UserID: "h", OrderID: order(9), Origin: here}})
				return err
			},
			"Shut":   func() error { _, _, err := g.Shut(t.Context(), product, 2); return err },
			"Remove": func() error { return g.Remove(t.Context(), product, 1) },
		} {
			before := state()
			err := call()
			if is(t, err, sale.ErrUnavailable, nil); err == nil {
				done = append(done, method)
			} else if after := state(); after != before {
				t.Errorf("%s, while %s is on its way, left half of its work:\n%s\nand before:\n%s", method, key, after, before)
			}
		}
		set(source, "STABLE") // or it does not take the key back
		move(target, source, key)
	}
	if !slices.Equal(done, []string{"Return"}) { // while recent, which it does not write, is on its way
		t.Errorf("these did their work: %q", done)
	}
	counts(t, g, 5, 1, 1)

	// At the other node the gate is another, and is opened while the rest is under way.
	set(source, "MIGRATING", to)
	move(source, target, keys[0])
	move(source, target, keys[1])
	refuses(t.Context(), t, g, incarnation, sale.ErrFenced)
	start.Remaining = 4
	incarnation, _, err := g.Shut(t.Context(), product, 2)
	ok(t, err)
	ok(t, g.Load(t.Context(), product, 2, incarnation, []gate.Holding{{User: "c", Order: order(7), Origin: here}, {User: "e", Order: order(8), Ended: true}}))
	ok(t, g.Open(t.Context(), product, 2, incarnation, start))
	admits(t, g, from(buy("b", 2), here), gate.Admitted)
	admits(t, g, from(buy("d", 4), here), gate.AddressLimit)
	set(target, "NODE", to)
	for began := time.Now(); ; <-time.After(10 * time.Millisecond) { // it hears of it from the target, and drops what it still has
		_, err := ask(source.URL(), "CLUSTER", "SETSLOT", strconv.FormatInt(slot, 10), "NODE", to)
		if err == nil {
			break
		}
		if time.Since(began) > patience {
			t.Fatal(err)
		}
	}
	admits(t, g, buy("c", 3), gate.LimitReached)
	counts(t, g, 3, 1, 2)
}
