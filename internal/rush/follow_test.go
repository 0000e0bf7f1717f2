package rush

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"
)

// followed has each buyer queued, and told of another end: "queued" goes on for ever.
func followed(t *testing.T, patience time.Duration, ends ...string) Report {
	t.Helper()
	mux := http.NewServeMux()
	var mu sync.Mutex
	asked := map[string]int{}
	mux.HandleFunc("GET /api/orders/{id}", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		id := r.PathValue("id")
		asked[id]++
		n := asked[id]
		mu.Unlock()
		switch {
		case r.URL.Query().Get("product") != "1":
			w.WriteHeader(404)
		case n == 1:
			fmt.Fprint(w, `{"status":"queued"}`)
		case n == 2:
			problem(w, 503, "gate_shut")
		default:
			fmt.Fprintf(w, `{"status":%q}`, id)
		}
	})
	s := newShopWith(t, mux, func(w http.ResponseWriter, n int) {
		w.Header().Set("Location", "/api/orders/"+ends[n]+"?product=1")
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(202)
	})
	r := mustRun(t, Config{URL: s.URL, Buyers: len(ends), Connections: 2, Follow: patience}, nil)
	if int(r.Followed) != len(ends) {
		t.Errorf("%d of %d were followed", r.Followed, len(ends))
	}
	return r
}

// A 202 is followed to its end, through whatever the server says on the way.
func TestFollow(t *testing.T) {
	t.Parallel() // Retry-After is in whole seconds
	r := followed(t, time.Minute, "placed", "rejected", "expired", "nonsense")
	if r.Count(Placed) != 2 || r.Count(Rejected) != 1 || r.Count(Unexpected) != 1 {
		t.Errorf("%+v %+v", r.ByKind, r.Complaints)
	}
	if got := r.ByKind[0].Latency.P50MS; got < 1990 {
		t.Errorf("placed after %v ms, not 1 s and twice patience: Retry-After was not honoured, or latency does not count to the end", got)
	}
}

// Who is still queued then is given up.
func TestFollowNoLonger(t *testing.T) {
	t.Parallel() // as above
	if r := followed(t, 3500*time.Millisecond, "queued"); r.Count(Queued) != 1 {
		t.Errorf("%+v %+v", r.ByKind, r.Complaints)
	}
}

func TestFollowNowhere(t *testing.T) {
	for _, location := range []string{"", "http://elsewhere.example/api/orders/1", "orders/1"} {
		s := newShop(t, func(w http.ResponseWriter, _ int) {
			w.Header().Set("Location", location)
			w.WriteHeader(202)
		})
		if r := mustRun(t, Config{URL: s.URL, Buyers: 1}, nil); r.Count(Unexpected) != 1 {
			t.Errorf("Location %q: %+v", location, r.ByKind)
		}
	}
}
