package rush

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// A cashier takes payments; pay answers the n-th for an order, from 0.
func cashier(pay func(w http.ResponseWriter, id string, n int)) *http.ServeMux {
	mux := http.NewServeMux()
	var mu sync.Mutex
	asked := map[string]int{}
	mux.HandleFunc("POST /api/orders/{id}/pay", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		n := asked[r.PathValue("id")]
		asked[r.PathValue("id")]++
		mu.Unlock()
		pay(w, r.PathValue("id"), n)
	})
	return mux
}

func TestImpatientBuyersClickAgain(t *testing.T) {
	for percent, least := range map[int]int64{0: 0, 30: 200, 100: 1000} {
		s := newShop(t, func(w http.ResponseWriter, n int) {
			if n < 1000 {
				placed(w)
			} else {
				problem(w, 409, "already_bought")
			}
		})
		c := Config{URL: s.URL, Buyers: 1000, RepeatClickers: percent}
		r := mustRun(t, c, nil)
		clicks := r.Repeats[Placed] + r.Repeats[AlreadyBought] // a second click may come before somebody's first
		if most := least * 2; clicks < least || clicks > min(most, 1000) || len(s.users) != 1000+int(clicks) {
			t.Errorf("%d%%: %v, %d requests", percent, r.Repeats, len(s.users))
		}
		if r.Answered != 1000 || r.Latency.Count != 1000 || r.Errors != 0 {
			t.Errorf("%d%%: a second click counts as a buyer: %+v", percent, r)
		}
		users := map[string]int{}
		for _, u := range s.users {
			users[u]++
		}
		if len(users) != 1000 {
			t.Errorf("%d%%: %d buyers", percent, len(users))
		}
	}
}

// A second click does not wait for the answer to the first.
func TestSecondClickDoesNotWait(t *testing.T) {
	again := make(chan struct{})
	s := newShop(t, func(w http.ResponseWriter, n int) {
		if n == 0 {
			<-again
			placed(w)
			return
		}
		if n == 2 { // the first click of the two buyers
			close(again)
		}
		problem(w, 409, "already_bought")
	})
	r := mustRun(t, Config{URL: s.URL, Buyers: 2, RepeatClickers: 100}, nil)
	if r.Count(Placed) != 1 || r.Repeats[AlreadyBought] != 2 {
		t.Errorf("%+v, %v", r.ByKind, r.Repeats)
	}
}

func TestTheClickThatIsPlacedPays(t *testing.T) {
	all := make(chan struct{})
	mux := cashier(func(w http.ResponseWriter, _ string, _ int) { fmt.Fprint(w, `{"status":"paid"}`) })
	s := newShopWith(t, mux, func(w http.ResponseWriter, n int) {
		if n == 0 { // its own second click overtakes it
			<-all
			problem(w, 409, "already_bought")
			return
		}
		placed(w)
		if n == 3 {
			close(all)
		}
	})
	r := mustRun(t, Config{URL: s.URL, Buyers: 2, RepeatClickers: 100, Pay: true}, nil)
	if r.Repeats[Placed] != 2 || r.Count(AlreadyBought) != 1 || r.Paid != 3 {
		t.Errorf("%+v, %+v", r.ByKind, r.Beyond)
	}
}

func TestWhoIsPlacedPays(t *testing.T) {
	mux := cashier(func(w http.ResponseWriter, id string, n int) {
		switch {
		case id == "o7":
			problem(w, 409, "order_final")
		case id == "o8" && n == 0:
			problem(w, 503, "unavailable")
		default:
			fmt.Fprint(w, `{"status":"paid"}`)
		}
	})
	s := newShopWith(t, mux, func(w http.ResponseWriter, n int) {
		if n >= 50 {
			problem(w, 409, "sold_out")
			return
		}
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, `{"order_id":"o%d","status":"placed"}`, n)
	})
	c := Config{URL: s.URL, Buyers: 100, Pay: true}
	r := mustRun(t, c, nil)
	if r.Paid != 49 || r.Unpaid != 1 || r.Quit != 0 || r.Errors != 0 {
		t.Errorf("%+v", r.Beyond)
	}
	if len(r.Complaints) != 1 || !strings.Contains(r.Complaints[0].What, "order_final") {
		t.Errorf("%+v", r.Complaints)
	}
}

func TestQuittersNeverPay(t *testing.T) {
	for percent, bounds := range map[int][2]int64{0: {0, 0}, 40: {250, 550}, 100: {1000, 1000}} {
		s := newShopWith(t, cashier(func(w http.ResponseWriter, _ string, _ int) { fmt.Fprint(w, `{"status":"paid"}`) }),
			func(w http.ResponseWriter, _ int) { placed(w) })
		var last Progress
		r := mustRun(t, Config{URL: s.URL, Buyers: 1000, Pay: true, Quitters: percent}, func(s Progress) { last = s })
		if r.Quit < bounds[0] || r.Quit > bounds[1] || r.Paid+r.Quit != 1000 || last.Paid != r.Paid {
			t.Errorf("%d%%: %+v", percent, r.Beyond)
		}
		var page strings.Builder
		if err := r.WriteHTML(&page); err != nil || !strings.Contains(page.String(), "let the payment window pass") {
			t.Errorf("%d%%: the report does not tell (%v)", percent, err)
		}
	}
}

// A rush that is stopped forgets who would have come back.
func TestAStopForgetsErrands(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	s := newShopWith(t, cashier(func(w http.ResponseWriter, _ string, _ int) {
		stop()
		w.Header().Set("Retry-After", "600")
		problem(w, 503, "unavailable")
	}), func(w http.ResponseWriter, _ int) { placed(w) })
	begun := time.Now()
	r, err := Run(ctx, Config{URL: s.URL, Product: "1", Buyers: 1, RepeatClickers: 100, Pay: true, Follow: time.Hour}, nil)
	if err != nil || r.Paid != 0 || time.Since(begun) > 5*time.Minute {
		t.Errorf("%+v, %v, after %v", r.Beyond, err, time.Since(begun))
	}
}
