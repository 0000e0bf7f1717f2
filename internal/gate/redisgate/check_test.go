package redisgate

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/redis/rueidis"

	"seckill/internal/devstack"
	"seckill/internal/sale"
)

func TestCheck(t *testing.T) {
	for what, c := range map[string]struct {
		settings []string
		refused  string
		warning  string
	}{
		"as it should be":                 {},
		"with a bound of memory":          {settings: []string{"maxmemory 100mb"}},
		"may evict":                       {settings: []string{"maxmemory 100mb", "maxmemory-policy allkeys-lru"}, refused: "allkeys-lru"},
		"would evict with a bound":        {settings: []string{"maxmemory-policy volatile-ttl"}, warning: "volatile-ttl"},
		"syncs once a second":             {settings: []string{"appendfsync everysec"}, warning: "appendfsync everysec"},
		"has no append-only file":         {settings: []string{"appendonly no"}, warning: "appendonly no"},
		"may not be asked":                {settings: []string{`rename-command CONFIG ""`}, warning: "does not say"},
		"may not be asked, and may evict": {settings: []string{`rename-command CONFIG ""`, "maxmemory 100mb", "maxmemory-policy allkeys-lru"}, refused: "allkeys-lru"},
	} {
		t.Run(what, func(t *testing.T) {
			g := connect(t, Options{URL: server(t, c.settings...).URL()})
			warnings, err := g.Check(t.Context())
			switch {
			case c.refused != "":
				if err == nil || errors.Is(err, sale.ErrUnavailable) || !strings.Contains(err.Error(), c.refused) {
					t.Fatalf("error is %v", err)
				}
			case err != nil:
				t.Fatal(err)
			case c.warning == "" && len(warnings) > 0, c.warning != "" && (len(warnings) != 1 || !strings.Contains(warnings[0], c.warning)):
				t.Fatalf("warnings are %q", warnings)
			}
		})
	}
}

func TestCheckNobody(t *testing.T) {
	r := server(t)
	g := connect(t, Options{URL: r.URL()})
	r.Stop()
	_, err := g.Check(t.Context())
	is(t, err, sale.ErrUnavailable)
}

// early is a driver that looked for the nodes before it had a connection to one, as it
// may at a start beside nodes that are away. It looks again when a key is asked for.
type early struct {
	rueidis.Client
	looked bool
}

func (c *early) Nodes() map[string]rueidis.Client {
	if !c.looked {
		return nil
	}
	return c.Client.Nodes()
}

func (c *early) Do(ctx context.Context, cmd rueidis.Completed) rueidis.RedisResult {
	c.looked = c.looked || cmd.Slot() < devstack.Slots
	return c.Client.Do(ctx, cmd)
}

func TestCheckAfterALookThatFoundNoNode(t *testing.T) {
	g := connect(t, Options{URL: redisCluster(t).URL()})
	g.client = &early{Client: g.client}
	warnings, err := g.Check(t.Context())
	if err != nil || len(warnings) > 0 {
		t.Errorf("%q, %v", warnings, err)
	}
	if away, err := g.Away(t.Context()); err != nil || len(away) > 0 {
		t.Errorf("%q, %v", away, err)
	}
}
