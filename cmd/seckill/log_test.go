package main

import (
	"bufio"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// logged is what a sale of one unit logs, line by line: its product is put, "alice" buys
// it as request r-1, and the program ends.
func logged(t *testing.T, args ...string) (lines []map[string]any) {
	t.Helper()
	c := program(t, append([]string{"serve", "--listen", "127.0.0.1:0", "--data", t.TempDir(), "--drain", "0s", "--log-format", "json"}, args...)...)
	out, err := c.StderrPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	read := bufio.NewScanner(out)
	for read.Scan() {
		line := map[string]any{}
		if err := json.Unmarshal(read.Bytes(), &line); err != nil {
			t.Errorf("%v: %s", err, read.Bytes())
		}
		lines = append(lines, line)
		if line["msg"] != "ready" {
			continue
		}
		for _, r := range [][3]string{{"PUT", "/api/products/1", `{"quantity":1}`}, {"POST", "/api/products/1/orders", `{"user_id":"alice"}`}} {
			q, err := http.NewRequestWithContext(t.Context(), r[0], "http://"+line["address"].(string)+r[1], strings.NewReader(r[2]))
			if err != nil {
				t.Fatal(err)
			}
			q.Header.Set("Content-Type", "application/json")
			q.Header.Set("X-Request-Id", "r-1")
			a, err := http.DefaultClient.Do(q)
			if err != nil || a.Body.Close() != nil || a.StatusCode != 201 {
				t.Fatal(a, err)
			}
		}
		if err := c.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Wait(); err != nil {
		t.Errorf("%v, %v", err, lines)
	}
	return lines
}

func line(lines []map[string]any, msg string) map[string]any {
	if i := slices.IndexFunc(lines, func(l map[string]any) bool { return l["msg"] == msg }); i >= 0 {
		return lines[i]
	}
	return nil
}

func TestWhatIsLogged(t *testing.T) {
	lines := logged(t, "--log-level", "debug")
	for _, want := range []string{"starting", "projecting", "ready", "gate opened", "stopping", "projecting no more", "stopped"} {
		if line(lines, want) == nil {
			t.Errorf("nothing says %q", want)
		}
	}
	if l := line(lines, "gate opened"); l["product"] != "1" || l["epoch"] != 1.0 || l["cause"] != "put" {
		t.Errorf("%v", l)
	}
	if l := line(lines, "buy"); l["request_id"] != "r-1" || l["answer"] != "placed" || l["product"] != "1" {
		t.Errorf("the line of the buy: %v", l)
	}
	for _, l := range lines {
		if slices.Contains(slices.Collect(maps.Values(l)), any("alice")) {
			t.Errorf("it logs a user: %v", l)
		}
	}
	if l := line(logged(t, "--log-level", "debug", "--log-users"), "buy"); l["user"] != "alice" {
		t.Errorf("asked to, it does not log the user: %v", l)
	}
	if l := line(logged(t), "buy"); l != nil {
		t.Errorf("unasked, it logs %v", l)
	}
}
