package cluster

import (
	"errors"
	"strings"
	"testing"

	"seckill/internal/devstack"
	"seckill/internal/devstack/devtest"
)

// Sentinels make a replica the primary, under a sale that finds both by asking them,
// with passwords and over TLS.
func TestSentinelsReplaceThePrimary(t *testing.T) {
	on := sharedServers(t)
	cert, key := devtest.Certificate(t)
	r, err := devstack.StartSentinel(t.Context(), t.TempDir(), devstack.SentinelOptions{
		Password: "secret", SentinelPassword: "other-secret", Cert: cert, Key: key,
	})
	if errors.Is(err, devstack.ErrMissing) {
		t.Skipf("SKIPPED: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	wrong := launch(t, bin, append([]string{"--redis", strings.Replace(r.URL(), ":secret@", ":guessed@", 1)}, on.flags()[2:]...))
	s := wrong.newSale(0)
	s.eventually("/readyz says that the password is wrong", func() bool {
		a, err := wrong.any().Get("/readyz")
		return err == nil && a.Status == 503 && strings.Contains(a.Body, "WRONGPASS") && !strings.Contains(a.Body, "guessed")
	})
	wrong.leave()

	c := start(t, bin, append([]string{"--redis", r.URL()}, on.flags()[2:]...))
	s = c.sell(8_000)
	r.Primary.Kill()
	s.goesOn("sentinels have replaced the primary")
	s.sold(pace)
	up(t, r.Primary.Node)
	s.goesOn("and it is back, as a replica")
	r.Replica.Freeze() // which is the primary
	s.goesOn("sentinels have replaced one that answered nothing")
	r.Replica.Thaw()
	s.goesOn("and it answers again")
	s.finish()
}
