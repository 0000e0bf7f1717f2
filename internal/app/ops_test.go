package app_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// Where other machines reach a process, its metrics are at another address; on this
// machine alone there is none.
func TestWhoeverReachesAProcessIsShownNoMetrics(t *testing.T) {
	get := func(url string) (int, string) {
		t.Helper()
		r, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return r.StatusCode, string(body)
	}
	near := start(t, t.TempDir())
	if status, body := get(near.url + "/metrics"); status != 200 || !strings.Contains(body, "seckill_ready 1") || near.OpsAddr() != "" {
		t.Errorf("on this machine: %d, %q", status, near.OpsAddr())
	}
	near.end()
	cfg := config(t.TempDir())
	cfg.Listen, cfg.Insecure = "0.0.0.0:0", true
	far := startWith(t, cfg)
	public, ops := "http://127.0.0.1:"+far.url[strings.LastIndex(far.url, ":")+1:], "http://"+far.OpsAddr()
	if !strings.HasPrefix(ops, "http://127.0.0.1:") && !strings.HasPrefix(ops, "http://[::1]:") {
		t.Errorf("other machines reach %s", ops)
	}
	if status, body := get(public + "/metrics"); status != 404 {
		t.Errorf("/metrics for everybody: %d %s", status, body)
	}
	if status, body := get(ops + "/metrics"); status != 200 || !strings.Contains(body, "seckill_ready 1") {
		t.Errorf("/metrics for operators: %d %s", status, body)
	}
	r, err := http.Post(ops+"/verify", "", nil)
	if err != nil || r.StatusCode != 200 {
		t.Fatal(r, err)
	}
	r.Body.Close()
	far.end()
	if r, err := http.Get(ops + "/livez"); err == nil {
		r.Body.Close()
		t.Error("it goes on after its end")
	}
}
