package rush

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func mustRun(t *testing.T, c Config, p Observer) Report {
	t.Helper()
	if c.Product == "" {
		c.Product = "1"
	}
	report, err := Run(t.Context(), c, p)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// Every answer of the API becomes its kind, and exactly the right ones are no errors.
func TestKinds(t *testing.T) {
	answers := []struct {
		status  int
		problem string
		want    Kind
	}{
		{201, "", Placed}, {200, "", Placed},
		{409, "sold_out", SoldOut}, {409, "already_bought", AlreadyBought},
		{403, "not_open", NotOpen}, {410, "closed", Closed},
		{503, "paused", Paused}, {503, "gate_shut", Unavailable}, {429, "rate_limited", RateLimited},
		{409, "changed_meanwhile", Unexpected}, {403, "forbidden", Unexpected}, {404, "no_such_product", Unexpected},
		{422, "invalid", Unexpected}, {500, "internal", Unexpected},
	}
	for _, a := range answers {
		t.Run(fmt.Sprint(a.status, a.problem), func(t *testing.T) {
			s := newShop(t, func(w http.ResponseWriter, _ int) { problem(w, a.status, a.problem) })
			r := mustRun(t, Config{URL: s.URL, Buyers: 3, Connections: 2}, nil)
			if r.Count(a.want) != 3 || len(r.ByKind) != 1 {
				t.Errorf("got %+v", r.ByKind)
			}
			if wrong := r.Errors == 3; wrong == a.want.Right() {
				t.Errorf("%d errors for %s", r.Errors, a.want)
			}
			if !a.want.Right() && (len(r.Complaints) != 1 || !strings.Contains(r.Complaints[0].What, a.problem)) {
				t.Errorf("complaints %+v do not say what the server said", r.Complaints)
			}
		})
	}
}

func TestASaleOfTen(t *testing.T) {
	s := newShop(t, func(w http.ResponseWriter, n int) {
		if n < 10 {
			placed(w)
		} else {
			problem(w, 409, "sold_out")
		}
	})
	var last Progress
	r := mustRun(t, Config{URL: s.URL, Buyers: 500, Over: 50 * time.Millisecond, Connections: 20}, func(s Progress) { last = s })
	if r.Count(Placed) != 10 || r.Count(SoldOut) != 490 || r.Errors != 0 || r.Sent != 500 || r.Answered != 500 || r.Interrupted {
		t.Errorf("report %+v", r)
	}
	if last.Answered != 500 || last.Sent != 500 || last.Answers[Placed] != 10 || last.Latency.Count != 500 {
		t.Errorf("last snapshot %+v", last)
	}
	if got := s.opens.Load(); got > 21 { // one more asked for the product
		t.Errorf("%d connections", got)
	}
	var inTimeline int64
	for _, cell := range r.Timeline {
		for _, n := range cell {
			inTimeline += n
		}
	}
	if inTimeline != 500 {
		t.Errorf("%d endings in the timeline", inTimeline)
	}
}

// The same seed is the same users, distinct and of the API's form; another
// seed is others.
func TestSeed(t *testing.T) {
	users := func(seed uint64) []string {
		s := newShop(t, func(w http.ResponseWriter, _ int) { placed(w) })
		mustRun(t, Config{URL: s.URL, Buyers: 200, Connections: 8, Seed: seed}, nil)
		slices.Sort(s.users)
		return s.users
	}
	first := users(7)
	if distinct := slices.Compact(slices.Clone(first)); len(distinct) != 200 {
		t.Errorf("%d distinct users", len(distinct))
	}
	if !regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`).MatchString(first[0]) {
		t.Errorf("user id %q", first[0])
	}
	if !slices.Equal(first, users(7)) {
		t.Error("the same seed made other users")
	}
	if other := users(8); slices.Contains(other, first[0]) {
		t.Error("another seed made the same users")
	}
}

// A buyer is who the credentials say, and comes from where a proxy would say.
func TestAddresses(t *testing.T) {
	var mu sync.Mutex
	from := map[string]string{}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/products/2/orders", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		from[string(body)] = strings.Join(r.Header.Values("X-Forwarded-For"), "; ")
		problem(w, http.StatusConflict, "sold_out")
	})
	mux.HandleFunc("GET /api/products/2", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "{}") })
	s := newShopWith(t, mux, nil)
	mustRun(t, Config{
		URL: s.URL, Product: "2", Buyers: 3,
		Credentials: func(i int) (string, string) { return fmt.Sprint("u", i), "" },
		From:        func(i int) string { return fmt.Sprint("10.0.0.", i) },
	}, nil)
	want := map[string]string{`{"user_id":"u0"}`: "10.0.0.0", `{"user_id":"u1"}`: "10.0.0.1", `{"user_id":"u2"}`: "10.0.0.2"}
	if !maps.Equal(from, want) {
		t.Errorf("%v, not %v", from, want)
	}
}

func TestNewConnections(t *testing.T) {
	s := newShop(t, func(w http.ResponseWriter, _ int) { placed(w) })
	r := mustRun(t, Config{URL: s.URL, Buyers: 50, Connections: 4, NewConnections: true}, nil)
	if got := s.opens.Load(); got != 51 || r.Count(Placed) != 50 { // one asked for the product
		t.Errorf("%d connections, %+v", got, r.ByKind)
	}
}

// A server that stalls once makes those late who were to be sent meanwhile,
// though each of them was answered at once when it was sent: with one
// connection, whoever was due first waited longest.
func TestLatencyCountsFromTheScheduledMoment(t *testing.T) {
	const stall = 200 * time.Millisecond
	s := newShop(t, func(w http.ResponseWriter, n int) {
		if n == 0 {
			time.Sleep(stall) // the fault itself, not a wait for something
		}
		placed(w)
	})
	r := mustRun(t, Config{URL: s.URL, Buyers: 100, Over: 100 * time.Millisecond, Connections: 1}, nil)
	// Whoever was due last, at 99 ms, waited for the stall to end too.
	if least := r.Curve[0].MS; least < 90 {
		t.Errorf("a buyer was told in %v ms, before the stall was over", least)
	}
	if r.Latency.P50MS < 100 || r.Latency.P50MS >= r.Latency.MaxMS || r.Latency.MaxMS < 200 {
		t.Errorf("latency %+v hides the stall", r.Latency)
	}
	if r.Lateness.P50MS < 90 {
		t.Errorf("lateness %+v hides the wait for the connection", r.Lateness)
	}

	closed := mustRun(t, Config{URL: s.URL, Buyers: 100, Connections: 1}, nil)
	if closed.Loop != "closed" || closed.Lateness.MaxMS > closed.Latency.MaxMS {
		t.Errorf("closed loop: %+v", closed)
	}
}

func TestBeforeTheFirstBuyer(t *testing.T) {
	s := newShop(t, func(w http.ResponseWriter, _ int) { placed(w) })
	_, err := Run(t.Context(), Config{URL: "http://127.0.0.1:1", Product: "1", Buyers: 10}, nil)
	if !errors.Is(err, ErrUnreachable) || strings.Contains(err.Error(), "\n") {
		t.Errorf("nobody listens: %v", err)
	}
	_, err = Run(t.Context(), Config{URL: s.URL, Product: "2", Buyers: 10}, nil)
	if !errors.Is(err, ErrNoProduct) || !strings.Contains(err.Error(), "put it on sale first") {
		t.Errorf("no product: %v", err)
	}
	if len(s.users) != 0 {
		t.Errorf("%d buyers were sent", len(s.users))
	}
}

// Stopped in the middle, Run reports what was, and who was cut off is no error.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	hang := make(chan struct{})
	s := newShop(t, func(w http.ResponseWriter, n int) {
		if n < 5 {
			placed(w)
			return
		}
		if n == 6 {
			cancel()
		}
		<-hang
	})
	t.Cleanup(func() { close(hang) })
	r, err := Run(ctx, Config{URL: s.URL, Product: "1", Buyers: 1000, Over: time.Second, Connections: 3}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Interrupted || r.Count(Placed) != 5 || r.Answered != 5 || r.Errors != 0 || r.Sent < 7 || r.Sent > 8 {
		t.Errorf("report %+v", r)
	}
}

func TestTimeoutAndCut(t *testing.T) {
	hang := make(chan struct{})
	s := newShop(t, func(w http.ResponseWriter, n int) {
		switch n {
		case 0:
			<-hang
		case 1:
			panic(http.ErrAbortHandler)
		default:
			placed(w)
		}
	})
	t.Cleanup(func() { close(hang) })
	r := mustRun(t, Config{URL: s.URL, Buyers: 10, Connections: 1, Timeout: time.Second}, nil)
	if r.Count(NoAnswer) != 2 || r.Count(Placed) != 8 || r.Latency.Count != 8 {
		t.Errorf("%+v", r.ByKind)
	}
	if len(r.Complaints) != 2 {
		t.Errorf("complaints %+v", r.Complaints)
	}
}
