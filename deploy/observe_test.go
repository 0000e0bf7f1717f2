package deploy_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"seckill/internal/devstack/devtest"
	"seckill/test/program"
)

// A rule is an alert of Prometheus.
type rule struct {
	Alert       string
	Expr        string
	Labels      map[string]string
	Annotations map[string]string
}

func rules(t *testing.T) (all []rule) {
	t.Helper()
	raw, err := os.ReadFile("prometheus/rules.yml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Groups []struct{ Rules []rule } }
	if err := yaml.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	for _, g := range file.Groups {
		all = append(all, g.Rules...)
	}
	return all
}

// dashboards are the queries of all panels, by file and title.
func dashboards(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("grafana/*.json")
	if err != nil || len(files) != 3 {
		t.Fatalf("%v, %v", files, err)
	}
	queries := map[string]string{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var board struct {
			Panels []struct {
				Title   string
				Targets []struct{ Expr string }
			}
		}
		if err := json.Unmarshal(raw, &board); err != nil {
			t.Fatal(err)
		}
		for _, p := range board.Panels {
			for i, q := range p.Targets {
				queries[fmt.Sprintf("%s, %s, %d", file, p.Title, i)] = strings.ReplaceAll(q.Expr, "$__rate_interval", "1m")
			}
		}
	}
	return queries
}

func promtool(t *testing.T, in io.Reader, args ...string) {
	t.Helper()
	if _, err := exec.LookPath("promtool"); err != nil {
		t.Skip("SKIPPED: there is no promtool: make deps")
	}
	c := exec.Command("promtool", args...)
	c.Stdin = in
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func TestTheRules(t *testing.T) { promtool(t, nil, "test", "rules", "prometheus/rules_test.yml") }

func TestPrometheusKnowsTheServices(t *testing.T) {
	promtool(t, nil, "check", "config", "prometheus/prometheus.yml")
	conf, err := os.ReadFile("prometheus/prometheus.yml")
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range compose(t).Services {
		if asked := strings.Contains(string(conf), `"`+name+`:3001"`); asked != (s.Image == "seckill") {
			t.Errorf("Prometheus asks %s: %v", name, asked)
		}
		if at := s.Environment["SECKILL_OPS_LISTEN"]; s.Image == "seckill" && (at == nil || *at != "0.0.0.0:3001") {
			t.Errorf("%s does not answer it there", name)
		}
	}
}

// Whoever is told of something finds in the runbook what to do, and Prometheus' own
// test brings each of the alerts about.
func TestEveryAlertHasItsPage(t *testing.T) {
	read := func(path string) string {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	book, tested := read("../docs/runbook.md"), read("prometheus/rules_test.yml")
	pages := map[string]string{}
	for _, page := range strings.Split(book, "\n## ")[1:] {
		title, text, _ := strings.Cut(page, "\n")
		pages[title] = text
	}
	for _, r := range rules(t) {
		if !strings.Contains(pages[r.Alert], "```sh\n") {
			t.Errorf("%s has no page with commands", r.Alert)
		}
		delete(pages, r.Alert)
		if want := "docs/runbook.md#" + strings.ToLower(r.Alert); r.Annotations["runbook_url"] != want {
			t.Errorf("%s leads to %s", r.Alert, r.Annotations["runbook_url"])
		}
		if s := r.Labels["severity"]; r.Annotations["summary"] == "" || s != "page" && s != "ticket" {
			t.Errorf("%s says %q, severity %q", r.Alert, r.Annotations["summary"], s)
		}
		if !strings.Contains(tested, `{alertname="`+r.Alert+`"}`) {
			t.Errorf("%s is not tested", r.Alert)
		}
	}
	for title := range pages {
		t.Errorf("there is no alert %s", title)
	}
}

// What rules, dashboards and the runbook name is shown by a process, which keeps
// Prometheus' conventions; and Prometheus can read the queries.
func TestWhatIsAskedForIsShown(t *testing.T) {
	address := devtest.FreeAddress(t)
	start(t, program.Built(t), []string{
		"serve", "--metrics-products", "3", "--redis", devtest.Redis(t), "--kafka", devtest.Kafka(t), "--postgres", devtest.Postgres(t),
	}, map[string]string{"SECKILL_LISTEN": address}, address)
	for _, r := range [][3]string{{"PUT", "/api/products/1", `{"quantity":1}`}, {"POST", "/api/verify", ""},
		{"POST", "/api/payments", `{"product_id":"1","payment_id":"m1","order_id":"01234567-89ab-7cde-8f01-23456789abcd","amount":1,"currency":"EUR"}`}} {
		if said := ask(t, r[0], "http://"+address+r[1], r[2]); strings.Contains(said, "/problems/") {
			t.Fatal(said)
		}
	}
	page := ask(t, http.MethodGet, "http://"+address+"/metrics", "")
	named := regexp.MustCompile(`\b(seckill|process|go)_[a-z_]+`)
	shown := map[string]bool{}
	for line := range strings.Lines(page) {
		shown[named.FindString(line)] = !strings.HasPrefix(line, "#")
	}
	queries := dashboards(t)
	for _, r := range rules(t) {
		queries[r.Alert] = r.Expr
	}
	var records []map[string]string
	for where, q := range queries {
		for _, name := range named.FindAllString(q, -1) {
			if !shown[name] {
				t.Errorf("%s asks for %s, which nobody shows", where, name)
			}
		}
		records = append(records, map[string]string{"record": "q" + strconv.Itoa(len(records)), "expr": q})
	}
	file := filepath.Join(t.TempDir(), "queries.yml")
	raw, err := yaml.Marshal(map[string]any{"groups": []any{map[string]any{"name": "queries", "rules": records}}})
	if err == nil {
		err = os.WriteFile(file, raw, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	promtool(t, nil, "check", "rules", file)
	promtool(t, strings.NewReader(page), "check", "metrics")
}

func ask(t *testing.T, method, url, body string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }() // it has been read
	said, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(said)
}
