package redisgate

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"seckill/internal/devstack"
	"seckill/internal/gate"
	"seckill/internal/sale"
)

// shards are the masters of a Redis Cluster, each with a third of the slots.
func shards(t *testing.T) (masters [3]*devstack.Redis) {
	t.Helper()
	const slots = 16384
	var bus [3]string
	for i := range masters {
		bus[i] = freePort(t)
		r, err := devstack.StartRedis(t.Context(), t.TempDir(), "cluster-enabled yes", "cluster-require-full-coverage no", "cluster-port "+bus[i])
		ok(t, err)
		t.Cleanup(r.Close)
		masters[i] = r
		do(t, r.URL(), "CLUSTER", "ADDSLOTSRANGE", strconv.Itoa(i*slots/3), strconv.Itoa((i+1)*slots/3-1))
		if i > 0 {
			host, port, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(masters[0].URL(), "redis://"), "/0"), ":")
			do(t, r.URL(), "CLUSTER", "MEET", host, port, bus[0])
		}
	}
	for _, r := range masters {
		for began, info := time.Now(), ""; !strings.Contains(info, "cluster_state:ok") || line(info, "cluster_slots_ok") != fmt.Sprint(slots); {
			if time.Since(began) > time.Minute {
				nodes := do(t, r.URL(), "CLUSTER", "NODES")
				t.Fatalf("the cluster does not come together:\n%s\n%s", info, nodes.String())
			}
			time.Sleep(10 * time.Millisecond)
			m := do(t, r.URL(), "CLUSTER", "INFO")
			var err error
			info, err = m.ToString()
			ok(t, err)
		}
	}
	return masters
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	ok(t, err)
	return port
}

// TestADeadShardTakesItsOwnProductsAlone: with one of three masters gone, a process
// starts, and the products of the others are opened and sold.
func TestADeadShardTakesItsOwnProductsAlone(t *testing.T) {
	masters := shards(t)
	on := [3]string{} // a product of each
	for n := 0; on[0] == "" || on[1] == "" || on[2] == ""; n++ {
		id := fmt.Sprint("p", n)
		m := do(t, masters[0].URL(), "CLUSTER", "KEYSLOT", "{"+id+"}")
		slot, err := m.AsInt64()
		ok(t, err)
		on[slot*3/16384] = id
	}
	before := connect(t, Options{URL: masters[0].URL()})
	masters[2].Kill()
	for name, g := range map[string]*Gate{"a process from before": before, "one that starts": connect(t, Options{URL: masters[0].URL()})} {
		warnings, err := g.Check(t.Context())
		ok(t, err)
		if !strings.Contains(strings.Join(warnings, "; "), "does not answer") {
			t.Errorf("%s: warnings are %q", name, warnings)
		}
		if away, err := g.Away(t.Context()); err != nil || len(away) != 1 || !strings.Contains(masters[2].URL(), away[0]) {
			t.Errorf("%s: %q are away, and %v", name, away, err)
		}
		for _, id := range on[:2] {
			v, _ := g.View(t.Context(), id)
			incarnation, _, err := g.Shut(t.Context(), id, v.Epoch+1)
			ok(t, err)
			ok(t, g.Load(t.Context(), id, v.Epoch+1, incarnation, []gate.Holding{{User: "h", Order: order(1)}}))
			ok(t, g.Open(t.Context(), id, v.Epoch+1, incarnation, gate.Start{Terms: gate.Hours{LimitPerUser: 1}, Remaining: 1}))
			a, err := g.Admit(t.Context(), id, time.Time{}, []gate.Request{buy("a", 2)})
			ok(t, err)
			if a.Decisions[0].Verdict != gate.Admitted {
				t.Errorf("%s: %v", name, a.Decisions)
			}
			ok(t, g.Forget(t.Context(), id, []gate.EntryID{a.Entry}))
		}
		_, err = g.View(t.Context(), on[2])
		is(t, err, sale.ErrUnavailable)
	}
	masters[0].Kill()
	masters[1].Kill()
	if away, err := before.Away(t.Context()); len(away) != 3 {
		t.Errorf("%q are away", away)
	} else {
		is(t, err, sale.ErrUnavailable)
	}
	_, err := before.Check(t.Context())
	is(t, err, sale.ErrUnavailable)
}
