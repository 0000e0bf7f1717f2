package cluster

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/twmb/franz-go/pkg/kadm"

	"seckill/test/program"
)

// A cluster is backed up while it sells, and all of its servers are lost. What is
// restored into new ones, also after a restore that was killed, has every order that was
// placed before the backup was begun, and sells on.
func TestABackupOfACluster(t *testing.T) {
	on, anew := ownServers(t, 1), ownServers(t, 1)
	c := start(t, bin, on.flags())
	s := c.sell(10_000)
	before, earlier := s.firm(), time.Now()
	file := filepath.Join(t.TempDir(), "backup")
	seckill := func(on *servers, command string, args ...string) (code int, out string) {
		return program.Run(t, bin, append(append([]string{command}, args...), on.flags()...)...)
	}
	if code, out := seckill(on, "backup", file); code != 0 {
		t.Fatalf("backup: exit code %d\n%s", code, out)
	}
	s.sold(10)
	s.close()
	if code, out := seckill(on, "restore", file); code != 2 || !strings.Contains(out, "there is a topic") {
		t.Errorf("into a sale: exit code %d\n%s", code, out)
	}
	for _, p := range c.all() {
		p.Stop(t)
	}
	armed := program.Tagged(t, "crash")
	for _, at := range []string{"backup: the store is marked", "backup: a chunk is restored", "backup: the log is filled", "backup: the tables are filled"} {
		if code, out := program.Run(t, "env", append([]string{"SECKILL_CRASH=" + at + ":1", armed, "restore", file}, anew.flags()...)...); code != -1 {
			t.Fatalf("at %q: exit code %d\n%s", at, code, out)
		}
		for _, command := range []string{"restore", "verify", "recover"} {
			if code, out := seckill(anew, command, map[string][]string{"restore": {file}, "recover": {"--yes"}}[command]...); code == 0 {
				t.Errorf("%s: %s: exit code %d\n%s", at, command, code, out)
			}
		}
		api := (&cluster{t: t, program: bin, flags: anew.flags()}).launchAPI()
		s.eventually("readyz says why", func() bool { return refuses(api, "was broken off") })
		api.Stop(t)
		anew.empty(t)
	}
	if code, out := seckill(anew, "restore", file, "--until", earlier.Format(time.RFC3339Nano), "--yes"); code != 0 {
		t.Errorf("up to an earlier point: exit code %d\n%s", code, out)
	}
	anew.empty(t)
	if code, out := seckill(anew, "restore", file); code != 0 || !strings.Contains(out, "no findings") {
		t.Fatalf("restore: exit code %d\n%s", code, out)
	}
	c = start(t, bin, anew.flags())
	kept := map[string]bool{}
	for _, o := range c.any().Orders(t, s.product) {
		kept[o.ID] = true
	}
	for _, order := range before {
		if !kept[order] {
			t.Errorf("order %s is missing", order)
		}
	}
	if a, err := c.any().Buy(s.product, "late", ""); err != nil || a.Status != 201 {
		t.Errorf("%v, %v", a, err)
	}
	if code, out := seckill(anew, "verify"); code != 0 {
		t.Errorf("verify: exit code %d\n%s", code, out)
	}
	t.Logf("%d orders before the backup, %d restored", len(before), len(kept))
}

// firm are the orders that buyers were told are placed.
func (b *book) firm() (orders []string) {
	b.change(func() {
		for _, p := range b.purchases {
			if p.firm {
				orders = append(orders, p.order)
			}
		}
	})
	return orders
}

// empty leaves nothing of a sale in Kafka and Postgres.
func (s *servers) empty(t testing.TB) {
	t.Helper()
	if _, err := kadm.NewClient(plainClient(t, s)).DeleteTopics(t.Context(), topic); err != nil {
		t.Fatal(err)
	}
	db, err := pgx.Connect(t.Context(), s.postgres.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(t.Context())
	if _, err := db.Exec(t.Context(), "DROP SCHEMA public CASCADE; CREATE SCHEMA public"); err != nil {
		t.Fatal(err)
	}
}
