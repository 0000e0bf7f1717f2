package cluster

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/twmb/franz-go/pkg/kgo"

	"seckill/internal/devstack/devtest"
	"seckill/test/program"
)

// A watch is a Prometheus that looks at the processes of a sale, by the rules that ship.
type watch struct {
	t    *testing.T
	url  string
	told map[string]bool // alerts that were brought about
}

// watched starts one. It looks each second, and takes the rules as they are: an alert
// that waits for its time is "pending", and what it says is true.
func watched(t *testing.T, processes ...*program.Server) *watch {
	t.Helper()
	if _, err := exec.LookPath("prometheus"); err != nil {
		t.Skip("SKIPPED: there is no prometheus: make deps")
	}
	var targets []string
	for _, p := range processes {
		targets = append(targets, strings.TrimPrefix(p.URL, "http://"))
	}
	quoted, err := json.Marshal(targets)
	if err != nil {
		t.Fatal(err)
	}
	dir, at := t.TempDir(), devtest.FreeAddress(t)
	conf := filepath.Join(dir, "prometheus.yml")
	err = os.WriteFile(conf, fmt.Appendf(nil, `
global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
rule_files: [%q]
scrape_configs: [{ job_name: seckill, scrape_timeout: 1s, static_configs: [{ targets: %s }] }]
`, filepath.Join(source(t), "deploy/prometheus/rules.yml"), quoted), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	p := program.Launch(t, "prometheus", "--config.file="+conf, "--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address="+at)
	if !p.Out.Await("Server is ready to receive web requests") {
		t.Fatal(p.Out.String())
	}
	return &watch{t, "http://" + at, map[string]bool{}}
}

func source(t *testing.T) string {
	t.Helper()
	root, err := program.Source()
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// api asks Prometheus.
func (w *watch) api(path string, data any) {
	w.t.Helper()
	got, err := http.Get(w.url + "/api/v1/" + path)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = got.Body.Close() }() // it has been read
	answer := struct {
		Data  any
		Error string
	}{Data: data}
	if err := json.NewDecoder(got.Body).Decode(&answer); err != nil || answer.Error != "" {
		w.t.Fatalf("%s: %s, %v", path, answer.Error, err)
	}
}

// alerts are those that it would tell of, or will if they last: by name, with its labels.
func (w *watch) alerts() map[string]map[string]string {
	w.t.Helper()
	var now struct {
		Alerts []struct{ Labels map[string]string }
	}
	w.api("alerts", &now)
	by := map[string]map[string]string{}
	for _, a := range now.Alerts {
		by[a.Labels["alertname"]] = a.Labels
	}
	return by
}

// tells waits until all of these are true.
func (w *watch) tells(names ...string) {
	w.t.Helper()
	missing := slices.Clone(names)
	for began := time.Now(); ; <-time.After(200 * time.Millisecond) {
		now := w.alerts()
		missing = slices.DeleteFunc(missing, func(name string) bool { return now[name] != nil })
		if len(missing) == 0 {
			break
		}
		if time.Since(began) > patience {
			w.t.Fatalf("it never tells of %v, only of %v", missing, now)
		}
	}
	for _, name := range names {
		w.told[name] = true
	}
}

// quiet waits until this is true no more.
func (w *watch) quiet(name string) {
	w.t.Helper()
	for began := time.Now(); w.alerts()[name] != nil; <-time.After(200 * time.Millisecond) {
		if time.Since(began) > patience {
			w.t.Fatalf("it goes on telling of %s", name)
		}
	}
}

// Each alert that ships is brought about on real servers, and is heard by a real
// Prometheus; and each query of the dashboards has an answer there.
func TestAlerts(t *testing.T) {
	on := ownServers(t, 1)
	c := &cluster{t: t, program: bin, flags: on.flags()}
	options := append([]string{"--max-unrelayed", "100", "--max-connections", "400", "--wait", "4s", "--metrics-products", "1"}, on.flags()...)
	one, two := c.join(program.Serve(t, bin, options...)), c.join(program.Serve(t, bin, options...))
	t.Cleanup(c.leave)
	c.await()
	s := c.sell(100_000)
	w := watched(t, one, two)
	var seen []any
	s.eventually("both are seen", func() bool {
		w.api("query?query="+url.QueryEscape("up == 1"), &struct{ Result *[]any }{&seen})
		return len(seen) == 2
	})
	s.eventually("all is well, and it tells of nothing", func() bool { return len(w.alerts()) == 0 })

	on.kafka.Nodes[0].Stop()
	w.tells("SeckillServerDown", "SeckillOutboxFills", "SeckillBuysFail", "SeckillBuyersQueue")
	up(t, on.kafka.Nodes[0])
	w.quiet("SeckillServerDown")

	s.goesOn("Kafka was stopped")
	for range 2 { // one in a hundred has to have waited
		s.sold(pace)
		on.postgres.Freeze()
		<-time.After(3 * time.Second) // most of --wait
		on.postgres.Thaw()
	}
	w.tells("SeckillPlacedSlowly")

	on.redis.Stop()
	w.tells("SeckillServerDown", "SeckillNotReady", "SeckillGatesNotOpen")
	// Without a gate nobody can say whether a late payment gets a unit; with it again, this one
	// of an order that nobody had is owed back.
	tellPostgres(t, on, `INSERT INTO seckill_payment (product_id, payment_id, order_id, late_id, was_late, amount, currency, status, reason, refunded_by, at, changed_at, partition)
		SELECT id, 'm1', gen_random_uuid(), gen_random_uuid(), true, 1, 'EUR', 'late', '', '', now(), now() - interval '2 minutes', partition
		FROM seckill_product WHERE id = $1`, s.product)
	w.tells("SeckillPaymentsLate")
	up(t, on.redis.Node)
	for range 6 {
		tell(t, on.redis, "FLUSHALL", "+OK")
		s.goesOn("Redis is emptied again")
	}
	w.tells("SeckillGatesOpenAgain")

	var idle []net.Conn
	for range 400 {
		if conn, err := net.Dial("tcp", strings.TrimPrefix(one.URL, "http://")); err == nil {
			idle = append(idle, conn)
		}
	}
	w.tells("SeckillConnectionsFull")
	for _, conn := range idle {
		_ = conn.Close() // nothing was sent
	}

	w.quiet("SeckillPaymentsLate")
	tellPostgres(t, on, `UPDATE seckill_payment SET changed_at = now() - interval '25 hours' WHERE product_id = $1 AND status = 'refund_due'`, s.product)
	w.tells("SeckillRefundsDue")

	s.close()
	tellPostgres(t, on, `UPDATE seckill_order SET user_id = 'somebody else' WHERE product_id = $1 AND number = 1`, s.product)
	if a, err := one.Ask("POST", "/api/verify", "", ""); err != nil || a.Status != 200 {
		t.Fatalf("%v, %v", a, err)
	}
	w.tells("SeckillFindings")

	release := holdDeadLetters(t, on)
	client := plainClient(t, on)
	for range 60_000 {
		client.Produce(t.Context(), &kgo.Record{Topic: topic, Key: []byte("of no product{}"), Value: []byte("lorem ipsum")}, nil)
	}
	if err := client.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.tells("SeckillProjectorLags")
	release()
	w.tells("SeckillDeadLetters")

	w.answers()
	two.Kill()
	w.tells("SeckillDown")
	c.join(program.Serve(t, program.Released(t, "v0.0.1"), append([]string{"--listen", strings.TrimPrefix(two.URL, "http://")}, on.flags()...)...))
	w.tells("SeckillVersionsDiffer")

	rules, err := os.ReadFile(filepath.Join(source(t), "deploy/prometheus/rules.yml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, alert := range regexp.MustCompile(`(?m)^ +- alert: (\w+)`).FindAllStringSubmatch(string(rules), -1) {
		if !w.told[alert[1]] {
			t.Errorf("%s was not brought about", alert[1])
		}
	}
}

// holdDeadLetters has nobody note one until release, so that projectors lag however quick the machine.
func holdDeadLetters(t *testing.T, on *servers) (release func()) {
	t.Helper()
	db, err := pgx.Connect(t.Context(), on.postgres.URL())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(t.Context(), "BEGIN; LOCK TABLE seckill_dead_letter IN EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	return func() { _ = db.Close(t.Context()) } // which rolls back
}

// answers asks what the dashboards ask.
func (w *watch) answers() {
	w.t.Helper()
	files, err := filepath.Glob(filepath.Join(source(w.t), "deploy/grafana/*.json"))
	if err != nil || len(files) == 0 {
		w.t.Fatal(files, err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			w.t.Fatal(err)
		}
		var board struct {
			Panels []struct {
				Title   string
				Targets []struct{ Expr string }
			}
		}
		if err := json.Unmarshal(raw, &board); err != nil {
			w.t.Fatal(err)
		}
		for _, p := range board.Panels {
			for _, q := range p.Targets {
				var result []any
				query := strings.ReplaceAll(q.Expr, "$__rate_interval", "5m")
				w.api("query?query="+url.QueryEscape(query), &struct{ Result *[]any }{&result})
				if len(result) == 0 {
					w.t.Errorf("%s has no answer: %s", p.Title, query)
				}
			}
		}
	}
}
