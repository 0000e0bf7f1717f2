package cluster

import (
	"math/rand/v2"
	"strings"
	"testing"

	"seckill/test/program"
)

// Nothing is there when the sale is started, and nothing in the servers when they
// are: it says for what it waits, and sells.
func TestNothingIsThereYet(t *testing.T) {
	t.Parallel()
	on := ownServers(t, 1)
	for range 2 { // the audit makes nothing
		code, out := program.Run(t, bin, append([]string{"verify"}, on.flags()...)...)
		if code != 2 || !strings.Contains(out, "no topic "+topic) || !strings.Contains(out, "no tables of seckill") {
			t.Errorf("verify where no sale is kept: exit code %d\n%s", code, out)
		}
	}
	for _, n := range on.nodes() {
		n.Kill()
		if err := n.Wipe(); err != nil {
			t.Fatal(err)
		}
	}
	c := launch(t, bin, on.flags())
	missing := func() string {
		a, err := c.apis[0].Get("/readyz")
		if err != nil || a.Status != 503 {
			t.Fatalf("/readyz says %v, %v", a, err)
		}
		return a.Body
	}
	for name := range map[string]bool{"Redis": true, "Kafka": true, "Postgres": true} {
		if !strings.Contains(missing(), name) {
			t.Errorf("/readyz does not name %s: %s", name, missing())
		}
		for _, p := range c.apis {
			if !p.Out.Await(`for=` + name) {
				t.Fatalf("it ended:\n%s", p.Out.String())
			}
		}
	}
	if a, err := c.apis[0].Get("/livez"); err != nil || a.Status != 200 {
		t.Errorf("/livez says %v, %v", a, err)
	}
	nodes := on.nodes()
	rand.Shuffle(len(nodes), func(i, j int) { nodes[i], nodes[j] = nodes[j], nodes[i] })
	for _, n := range nodes {
		missing()
		up(t, n)
	}
	c.await()
	c.sell(1_000).finish()
}
