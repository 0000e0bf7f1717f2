package cluster

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
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
	t.Parallel()
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
	if a, err := place(t, c.any(), s.product, "late", ""); err != nil || a.Status != 201 {
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

// A folder's backup becomes a cluster: every order is there, the same key still gives
// the same order, and it sells on, also what is put anew. The other way round is refused
// before anything is made.
func TestAFoldersBackupBecomesACluster(t *testing.T) {
	t.Parallel()
	on, dir := ownServers(t, 1), t.TempDir()
	file, back := filepath.Join(dir, "backup"), filepath.Join(dir, "back")
	one := program.Serve(t, bin, "--data", filepath.Join(dir, "data"))
	if !one.Address(t) || !one.Ready(t) {
		t.Fatal(one.Out.String())
	}
	one.Put(t, "1", `{"quantity":300,"payment_window":"1h"}`)
	orders := map[string]string{}
	buy := func(at *program.Server, status int, product, user, key string) string {
		t.Helper()
		a, err := place(t, at, product, user, key)
		if err != nil || a.Status != status {
			t.Fatalf("%s buys %s: %v, %v", user, product, a, err)
		}
		return a.Order.ID
	}
	for n := range 200 {
		user := fmt.Sprint("u", n)
		orders[user] = buy(one, 201, "1", user, "key of "+user)
	}
	if a, err := one.Ask("POST", "/api/orders/"+orders["u7"]+"/cancel", "", ""); err != nil || a.Status != 200 {
		t.Fatal(a, err)
	}
	if code, out := program.Run(t, bin, "backup", file, "--data", filepath.Join(dir, "data")); code != 0 {
		t.Fatalf("backup: exit code %d\n%s", code, out)
	}
	one.Stop(t)
	if code, out := program.Run(t, bin, append([]string{"restore", file}, on.flags()...)...); code != 0 || !strings.Contains(out, "no findings") {
		t.Fatalf("restore: exit code %d\n%s", code, out)
	}
	c := start(t, bin, on.flags())
	kept := map[string]string{}
	for _, o := range c.any().Orders(t, "1") {
		kept[o.User] = o.ID
		if want := map[bool]string{true: "cancelled", false: "placed"}[o.User == "u7"]; o.Status != want {
			t.Errorf("the order of %s is %s", o.User, o.Status)
		}
	}
	if !maps.Equal(kept, orders) {
		t.Errorf("%d orders of %d", len(kept), len(orders))
	}
	at := c.apis[0]
	if again := buy(at, 200, "1", "u8", "key of u8"); again != orders["u8"] {
		t.Errorf("under the same key the order is %s, and was %s", again, orders["u8"])
	}
	for n := range 101 { // u7's unit came free
		buy(at, 201, "1", fmt.Sprint("v", n), "")
	}
	if a, err := at.Buy("1", "late", ""); err != nil || a.Kind != "sold_out" {
		t.Errorf("%v, %v", a, err)
	}
	at.Put(t, "2", `{"quantity":1}`)
	buy(at, 201, "2", "u", "")
	if code, out := program.Run(t, bin, append([]string{"verify"}, on.flags()...)...); code != 0 {
		t.Errorf("verify: exit code %d\n%s", code, out)
	}
	if code, out := program.Run(t, bin, append([]string{"backup", file + "2"}, on.flags()...)...); code != 0 {
		t.Fatalf("backup: exit code %d\n%s", code, out)
	}
	if code, out := program.Run(t, bin, "restore", file+"2", "--data", back); code != 2 || !strings.Contains(out, "restore it into one") {
		t.Errorf("into a folder: exit code %d\n%s", code, out)
	}
	if _, err := os.Stat(back); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something was made: %v", err)
	}
}
