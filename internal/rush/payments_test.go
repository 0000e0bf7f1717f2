package rush

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// till is a shop's sale of product 1 for 1999 cents, with a payment window of 10 ms: it takes payments as the API does, and
// an order of which the window is over has ended.
type till struct {
	mu       sync.Mutex
	orders   map[string]*tilled
	payments map[string]string // outcomes by id
	asked    map[string]int
	told     []toldOf
	late     string // what comes of a late payment, once it was asked for again
}

type toldOf struct {
	header http.Header
	body   []byte
}

type tilled struct {
	payBy           time.Time
	paid, cancelled bool
}

func newTill(late string) *till {
	return &till{orders: map[string]*tilled{}, payments: map[string]string{}, asked: map[string]int{}, late: late}
}

func (s *till) shop(t *testing.T) *shop {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/orders/{id}/cancel", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.orders[r.PathValue("id")].cancelled = true
		fmt.Fprint(w, `{"status":"cancelled"}`)
	})
	mux.HandleFunc("POST /api/payments", s.receive)
	return newShopWith(t, mux, func(w http.ResponseWriter, n int) {
		now := time.Now()
		id := fmt.Sprintf("o%d", n)
		s.mu.Lock()
		s.orders[id] = &tilled{payBy: now.Add(10 * time.Millisecond)}
		s.mu.Unlock()
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, `{"order_id":%q,"status":"placed"}`, id)
	})
}

func (s *till) receive(w http.ResponseWriter, r *http.Request) {
	var p struct {
		ID       string `json:"payment_id"`
		Product  string `json:"product_id"`
		Order    string `json:"order_id"`
		Amount   int64  `json:"amount"`
		Currency string `json:"currency"`
	}
	body, _ := io.ReadAll(r.Body)
	err := json.Unmarshal(body, &p)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told = append(s.told, toldOf{r.Header, body})
	s.asked[p.ID]++
	o := s.orders[p.Order]
	known := s.payments[p.ID]
	switch {
	case err != nil || p.Product != "1" || p.Amount != 1999 || p.Currency != "EUR" || o == nil:
		problem(w, 422, "invalid")
		return
	case known == "late":
		s.payments[p.ID] = s.late
	case known != "":
	case o.paid:
		s.payments[p.ID] = "refund_due"
	case o.cancelled || time.Since(o.payBy) > time.Second: // the window, and a slow machine
		s.payments[p.ID] = "late"
	default:
		o.paid, s.payments[p.ID] = true, "paid"
	}
	if s.payments[p.ID] == "late" {
		w.WriteHeader(http.StatusAccepted)
	}
	fmt.Fprintf(w, `{"outcome":%q}`, s.payments[p.ID])
}

// Of a thousand buyers some cancel, some pay late and some twice; whatever was paid is told of, once each, and adds up.
func TestBuyersGoToTheShop(t *testing.T) {
	for _, late := range []string{"paid", "refund_due", "late"} {
		till := newTill(late)
		s := till.shop(t)
		r := mustRun(t, Config{URL: s.URL, Buyers: 1000, Payments: true, Follow: 600 * time.Millisecond, Token: "t"}, nil)
		want := map[string]Outcome{}
		for _, outcome := range till.payments {
			o := want[outcome]
			want[outcome] = Outcome{outcome, o.Count + 1, o.Amount + 1999}
		}
		for _, got := range r.Payments {
			if got != want[got.Outcome] && got.Count > 0 {
				t.Errorf("%s: told of %+v, and there are %+v", late, got, want[got.Outcome])
			}
		}
		if r.Cancelled < 50 || r.Cancelled > 200 || int(r.Cancelled)+len(till.payments) < 1000 || r.Unpaid != 0 || r.Currency != "EUR" {
			t.Errorf("%s: %+v", late, r.Beyond)
		}
		if want["refund_due"].Count < 5 { // at least of those who paid twice
			t.Errorf("%s: %v", late, want)
		}
		var table strings.Builder
		if err := r.WriteTable(&table); err != nil || !strings.Contains(table.String(), "refund due\n") || !strings.Contains(table.String(), "EUR") {
			t.Errorf("%v\n%s", err, table.String())
		}
		var page strings.Builder
		if err := r.WriteHTML(&page); err != nil || !strings.Contains(page.String(), "<td>refund due</td>") {
			t.Errorf("the page does not tell: %v", err)
		}
		for _, r := range till.told {
			if r.header.Get("Authorization") != "Bearer t" || r.header.Get("Webhook-Signature") != "" {
				t.Fatalf("headers %v", r.header)
			}
		}
	}
}

// Signed, a payment is told of as Standard Webhooks says, and by no token.
func TestPaymentsAreSigned(t *testing.T) {
	const secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
	till := newTill("paid")
	mustRun(t, Config{URL: till.shop(t).URL, Buyers: 20, Payments: true, Token: "t", PaymentSecret: secret}, nil)
	hook, err := webhooks.NewWebhook(secret)
	if err != nil || len(till.told) < 10 {
		t.Fatalf("%v, told %d times", err, len(till.told))
	}
	for _, r := range till.told {
		if err := hook.Verify(r.body, r.header); err != nil || r.header.Get("Authorization") != "" {
			t.Errorf("%s, %v: %v", r.body, r.header, err)
		}
	}
}

func TestAProductThatNobodyCanPayFor(t *testing.T) {
	for product, can := range map[string]bool{
		`{"price":{"amount":1,"currency":"EUR"},"payment_window":"10s"}`: true,
		`{"price":{"amount":1,"currency":"EUR"},"payment_window":"0s"}`:  false,
		`{"payment_window":"10s"}`:                                       false,
		`what a proxy says`:                                              false,
	} {
		if _, err := bargainOf([]byte(product)); (err == nil) != can {
			t.Errorf("%s: %v", product, err)
		}
	}
}
