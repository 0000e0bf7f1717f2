package cluster

import (
	"errors"
	"strings"
	"testing"

	"seckill/internal/devstack"
)

// A sale whose Postgres is behind a PgBouncer that gives each transaction another session:
// the pooler dies, and Postgres behind it does.
func TestASaleBehindAPooler(t *testing.T) {
	on := sharedServers(t)
	p, err := devstack.StartPgBouncer(t.Context(), t.TempDir(), on.postgres.URL(), "pool_mode = transaction", "server_login_retry = 1")
	if errors.Is(err, devstack.ErrMissing) {
		t.Skipf("SKIPPED: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	c := start(t, bin, append(on.flags()[:4:4], "--postgres", p.URL()))
	s := c.sell(8_000)
	s.sold(pace)
	p.Kill()
	up(t, p.Node)
	s.goesOn("the pooler was killed")
	s.sold(pace)
	on.postgres.Kill()
	up(t, on.postgres.Node)
	s.goesOn("Postgres behind the pooler was killed")
	for _, process := range c.all() {
		if strings.Contains(process.Out.String(), "level=ERROR") {
			t.Errorf("it says\n%s", tail(process.Out.String()))
		}
	}
	s.finish()
}
