package redisgate

import (
	"crypto/rand"
	"testing"
	"time"

	"seckill/internal/devstack"
	"seckill/internal/devstack/devtest"
	"seckill/internal/gate"
	"seckill/internal/gate/gatetest"
)

func TestMain(m *testing.M) { devtest.Main(m) }

// TestSuite runs the suite on a server that may be somebody's own, for a store of its own.
// It is not restarted: what comes after a restart is a server that has lost all.
func TestSuite(t *testing.T) {
	url := devtest.Redis(t)
	gatetest.Exercise(t, func(t *testing.T) gatetest.Harness {
		store := rand.Text()
		t.Cleanup(func() { sweep(t, url, store) })
		return harness(t, url, store, func() string { return server(t).URL() })
	})
}

// TestSuiteKilled has every restart of the suite be a kill -9.
func TestSuiteKilled(t *testing.T) {
	r := server(t)
	gatetest.Exercise(t, func(t *testing.T) gatetest.Harness {
		do(t, r.URL(), "FLUSHALL")
		return harness(t, r.URL(), "", func() string { return killed(t, r) })
	})
}

// TestSuiteCluster runs the suite on a Redis Cluster, whose nodes refuse a script
// on keys of more than one hash tag. What one node needs for that is all of it.
func TestSuiteCluster(t *testing.T) {
	r := server(t, "cluster-enabled yes", "appendfsync no")
	do(t, r.URL(), "CLUSTER", "ADDSLOTSRANGE", "0", "16383")
	serves(t, r)
	gatetest.Exercise(t, func(t *testing.T) gatetest.Harness {
		do(t, r.URL(), "FLUSHALL")
		return harness(t, r.URL(), "", func() string { return killed(t, r) })
	})
}

func harness(t *testing.T, url, store string, restart func() string) gatetest.Harness {
	open := func(url string) *Gate { return connect(t, Options{URL: url, MaxUnrelayed: 150}).Of(store) }
	g := open(url)
	return gatetest.Harness{
		Keeper:       g,
		Other:        g.Of(store + "2"),
		Restart:      func() gate.Keeper { return open(restart()) },
		Advance:      time.Sleep, // the clock is the server's, which can only be waited for
		MaxUnrelayed: 150,
	}
}

// killed kills a server, and returns where it is once it serves again.
func killed(t *testing.T, r *devstack.Redis) string {
	t.Helper()
	r.Kill()
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	serves(t, r)
	return r.URL()
}

// sweep leaves nothing of the stores whose names begin so.
func sweep(t *testing.T, url, store string) {
	keys := do(t, url, "KEYS", "seckill:"+layout+":"+store+"*")
	names, err := keys.AsStrSlice()
	if err != nil {
		t.Error(err)
	}
	for _, name := range names {
		do(t, url, "UNLINK", name)
	}
}
