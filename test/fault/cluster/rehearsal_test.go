package cluster

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"seckill/test/program"
)

// A rehearsal as a process shows it.
type rehearsal struct {
	ID       string `json:"id"`
	State    string `json:"state"`
	Reason   string `json:"reason"`
	Answered int    `json:"answered"`
	Errors   int    `json:"errors"`
	Placed   int    `json:"placed"`
	Oversold *int   `json:"oversold"`
	Findings *int   `json:"findings"`
}

// asked demands an answer of this status, and reads what it has of a rehearsal.
func asked(t *testing.T, at *program.Server, status int, method, path, body string) (r rehearsal) {
	t.Helper()
	a, err := at.Ask(method, "/api/rehearsals"+path, "", body)
	if err != nil || a.Status != status {
		t.Fatalf("%s %s: %v, %v; not %d", method, path, a, err, status)
	}
	if status < 300 && a.Body != "" && !strings.HasSuffix(path, "/report") {
		if err := json.Unmarshal([]byte(a.Body), &r); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// shows waits until a process shows a rehearsal as it should be.
func shows(t *testing.T, at *program.Server, id, what string, so func(rehearsal) bool) rehearsal {
	t.Helper()
	for began := time.Now(); ; <-time.After(50 * time.Millisecond) {
		r := asked(t, at, 200, "GET", "/"+id, "")
		if so(r) {
			return r
		}
		if time.Since(began) > patience {
			t.Fatalf("it never came to pass that it is %s: %+v", what, r)
		}
	}
}

func underWay(r rehearsal) bool { return r.Answered > 0 && r.State == "running" }

func is(state string) func(rehearsal) bool {
	return func(r rehearsal) bool { return r.State == state }
}

// A rehearsal is one of the whole sale: every process shows it and may stop it,
// none begins another meanwhile, and one whose process was killed has failed.
func TestRehearsals(t *testing.T) {
	on := sharedServers(t)
	c := start(t, bin, on.flags())
	here, elsewhere := c.apis[0], c.apis[1]

	id := asked(t, here, 201, "POST", "", `{"buyers":3000,"over":"5s","quantity":100,"repeat_clickers":20}`).ID
	r := shows(t, elsewhere, id, "done", is("done"))
	if r.Placed != 100 || r.Errors != 0 || r.Answered != 3000 || *r.Oversold != 0 || *r.Findings != 0 {
		t.Errorf("%+v", r)
	}
	asked(t, elsewhere, 200, "GET", "/"+id+"/report", "")
	asked(t, elsewhere, 204, "DELETE", "/"+id, "")
	asked(t, here, 404, "GET", "/"+id, "")

	id = asked(t, here, 201, "POST", "", `{"buyers":3000,"over":"60s"}`).ID
	shows(t, elsewhere, id, "under way", underWay)
	asked(t, elsewhere, 409, "POST", "", `{}`)
	asked(t, elsewhere, 204, "DELETE", "/"+id, "")
	shows(t, elsewhere, id, "cancelled", is("cancelled"))

	id = asked(t, here, 201, "POST", "", `{"buyers":3000,"over":"60s"}`).ID
	shows(t, elsewhere, id, "under way", underWay)
	here.Kill()
	shows(t, elsewhere, id, "failed", is("failed"))
	asked(t, elsewhere, 204, "DELETE", "/"+id, "")
	if a, err := elsewhere.Get("/api/products/" + id); err != nil || a.Status != 404 {
		t.Errorf("its product: %v, %v", a, err)
	}
	id = asked(t, elsewhere, 201, "POST", "", `{"buyers":100,"over":"1s","quantity":10,"quitters":50}`).ID
	if r := shows(t, elsewhere, id, "done", is("done")); r.Placed != 10 || *r.Findings != 0 {
		t.Errorf("%+v", r)
	}
}
