package httpapi

import (
	"context"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"seckill/internal/auth"
	"seckill/internal/sale"
)

var update = flag.Bool("update", false, "write api/openapi.yaml")

const published = "../../api/openapi.yaml"

//go:generate go test -run TestPublishedDocument -update .

func TestPublishedDocument(t *testing.T) {
	c := newShop().config()
	c.Auth = auth.New("token", nil, c.Now)
	served := New(c).yaml
	if *update {
		if err := os.WriteFile(published, served, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(published)
	if err != nil {
		t.Fatal(err)
	}
	if string(kept) != string(served) {
		t.Error("api/openapi.yaml is not what is served: go test ./internal/httpapi -update")
	}
}

// A name that the document allows is one that is taken, character by character.
func TestDocumentedNames(t *testing.T) {
	documented := regexp.MustCompile(regexp.MustCompile(`\\u(....)`).ReplaceAllString(namePattern, `\x{$1}`))
	for r := range rune(utf8.MaxRune + 1) {
		terms := sale.Terms{Quantity: 1, LimitPerUser: 1, Name: string(r)} // half of a pair is written as U+FFFD
		if documented.MatchString(terms.Name) != (terms.Check() == nil) {
			t.Errorf("%U: %v, and the document says otherwise", r, terms.Check())
		}
	}
}

type document struct {
	OpenAPI string                                `json:"openapi"`
	Paths   map[string]map[string]json.RawMessage `json:"paths"`
}

func (s *server) document(t *testing.T) (d document) {
	t.Helper()
	if err := json.Unmarshal([]byte(s.do(t, "GET", "/openapi.json", "").want(t, 200).body), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

var pathIDs = strings.NewReplacer("{id}", "1", "{order_id}", nobody)

// Every operation of the document runs, and no other method does.
func TestDocumentAndRoutesAgree(t *testing.T) {
	s := serve(t, func(_ *shop, c *Config) {
		c.Metrics = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	})
	s.put(t, "1", sale.Terms{Quantity: 5, Closed: true})
	if _, err := s.Buy(t.Context(), t.Context(), "1", "a", sale.OrderID{}); err != nil {
		t.Fatal(err)
	}
	d := s.document(t)
	if !strings.HasPrefix(d.OpenAPI, "3.1") {
		t.Error(d.OpenAPI)
	}
	for path, operations := range d.Paths {
		for _, method := range []string{"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"} {
			_, documented := operations[strings.ToLower(method)]
			if documented && method == "GET" && strings.HasSuffix(path, "/events") {
				method = "HEAD" // the same route, and ends
			}
			r := s.do(t, method, pathIDs.Replace(path), "")
			missing := r.StatusCode == 405 || r.StatusCode == 404 && !strings.Contains(path, "{order_id}")
			if path == "/api/products/{id}" && method == "DELETE" {
				s.put(t, "1", sale.Terms{Quantity: 5, Closed: true})
			}
			if documented == missing {
				t.Errorf("%s %s: documented %v, status %d %s", method, path, documented, r.StatusCode, r.body)
			}
			if !documented {
				r.problem(t, methodNotAllowed)
				var want []string
				for m := range operations {
					want = append(want, strings.ToUpper(m))
				}
				if _, ok := operations["get"]; ok {
					want = append(want, "HEAD")
				}
				slices.Sort(want)
				if got := r.header("Allow"); got != strings.Join(want, ", ") {
					t.Errorf("%s: Allow %q, not %q", path, got, want)
				}
			}
		}
	}
	for _, path := range []string{"/api", "/api/", "/api/x", "/api/products/1/x", "/api/orders", "/openapi.yaml", "/docs", "/schemas/Order.json", "/internal/verify"} {
		s.do(t, "GET", path, "").problem(t, notFound)
	}
}

// A server without a token does not say that it asks for one.
func TestDocumentOfAnOpenServer(t *testing.T) {
	if open, guarded := string(serve(t).api.document), string(guarded(t).api.document); strings.Contains(open, `"security":`) || !strings.Contains(guarded, `"security":`) {
		t.Error("the document does not tell which routes are guarded")
	}
}

// The document names exactly the kinds of the table.
func TestDocumentHasTheTableOfErrors(t *testing.T) {
	s := serve(t)
	var d struct {
		Components struct {
			Schemas struct {
				Problem struct {
					Properties struct {
						Type struct {
							Enum []string `json:"enum"`
						} `json:"type"`
					} `json:"properties"`
				}
			} `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(s.api.document, &d); err != nil {
		t.Fatal(err)
	}
	var table []string
	for k := range kindCount {
		if kinds[k].name == "" || kinds[k].title == "" || http.StatusText(kinds[k].status) == "" {
			t.Errorf("kind %d is not filled in", k)
		}
		table = append(table, "/problems/"+kinds[k].name)
	}
	if !slices.Equal(d.Components.Schemas.Problem.Properties.Type.Enum, table) {
		t.Errorf("the document has %v", d.Components.Schemas.Problem.Properties.Type.Enum)
	}
	slices.Sort(table)
	if len(slices.Compact(table)) != int(kindCount) {
		t.Error("a name stands there twice")
	}
	for k := range kindCount {
		if name := kinds[k].name; !strings.Contains(string(s.api.document), name+`"`) {
			t.Errorf("no operation is described to answer %s", name)
		}
	}
}

// Every kind of the table can be met.
func TestEveryKindIsReachable(t *testing.T) {
	s := serve(t, func(s *shop, c *Config) {
		c.Auth = auth.New("token", []byte("s"), s.clock)
		c.Rate = 3
	})
	operator := []string{"Authorization", "Bearer token"}
	met := map[string]bool{}
	meet := func(r reply) {
		t.Helper()
		var p Problem
		r.json(t, &p)
		met[strings.TrimPrefix(p.Type, "/problems/")] = true
	}
	s.put(t, "1", sale.Terms{Quantity: 1, LimitPerUser: 1})
	s.put(t, "later", sale.Terms{Quantity: 1, OpensAt: start.Add(1)})
	s.put(t, "paused", sale.Terms{Quantity: 1, Paused: true})
	s.put(t, "closed", sale.Terms{Quantity: 1, Closed: true})
	o := s.buy(t, "1", "a").want(t, 201).order(t)
	meet(s.buy(t, "1", "a"))
	meet(s.buy(t, "1", "b"))
	meet(s.buy(t, "later", "c"))
	meet(s.buy(t, "paused", "d"))
	meet(s.buy(t, "closed", "e"))
	meet(s.buy(t, "none", "f"))
	for range 4 {
		if r := s.buy(t, "1", "g"); r.StatusCode == 429 {
			meet(r)
		}
	}
	meet(s.buy(t, "1", "h", "Host", "evil.example"))
	meet(s.buy(t, "1", "h", "Origin", "http://evil.example"))
	meet(s.buy(t, "1", "h", "Content-Type", "text/plain"))
	meet(s.do(t, "POST", "/api/products/1/orders", `{"user_id":7}`))
	meet(s.do(t, "POST", "/api/products/1/orders", `{"user_id"`))
	meet(s.do(t, "POST", "/api/products/1/orders", strings.Repeat(" ", 5000)))
	meet(s.do(t, "PATCH", "/api/products/1", ""))
	meet(s.do(t, "GET", "/api/products/1/orders", ""))
	meet(s.do(t, "POST", "/api/orders/"+o.OrderID+"/pay", "", operator...))
	meet(s.do(t, "DELETE", "/api/products/1", "", operator...))
	s.put(t, "1", sale.Terms{Quantity: 5, PaymentWindow: time.Minute, OrdersPerUser: 1})
	cancelled := s.buy(t, "1", "i").want(t, 201).order(t)
	s.do(t, "POST", "/api/orders/"+cancelled.OrderID+"/cancel", "").want(t, 200)
	meet(s.buy(t, "1", "i"))
	for _, user := range []string{"j", "k"} {
		s.buy(t, "1", user).want(t, 201)
	}
	meet(s.do(t, "PUT", "/api/products/1", `{"quantity":1}`, operator...))
	s.set(func() { s.failed = sale.ErrUnknownOutcome })
	meet(s.buy(t, "1", "j"))
	s.set(func() { s.failed = sale.ErrUnavailable })
	meet(s.buy(t, "1", "k"))
	s.set(func() { s.failed = sale.ErrDamaged })
	meet(s.buy(t, "1", "l"))
	s.set(func() { s.down = sale.ErrChangedMeanwhile })
	meet(s.do(t, "PUT", "/api/products/1", `{"quantity":1}`, operator...))
	s.drill.fails = RehearsalRunning{}
	meet(s.do(t, "POST", "/api/rehearsals", `{}`, operator...))
	// The last two need a connection that is badly used: see TestUnreadableKind.
	met[kinds[headersTooLarge].name], met[kinds[timedOut].name] = true, true
	for k := range kindCount {
		if !met[kinds[k].name] {
			t.Errorf("%s was not met", kinds[k].name)
		}
	}
}

func TestReady(t *testing.T) {
	var lacks Condition
	s := serve(t, func(_ *shop, c *Config) { c.Ready = func(context.Context) Condition { return lacks } })
	if r := s.do(t, "GET", "/readyz", "").want(t, 200); r.body != `{"status":"ok"}` {
		t.Error(r.body)
	}
	lacks.Degraded = []string{"Kafka"}
	if r := s.do(t, "GET", "/readyz", "").want(t, 200); r.body != `{"status":"ok","degraded":["Kafka"]}` {
		t.Error(r.body)
	}
	lacks.Missing = []string{"the order store", "gate of 7"}
	if p := s.do(t, "GET", "/readyz", "").problem(t, unavailable); p.Detail != "Missing: the order store, gate of 7" {
		t.Error(p.Detail)
	}
	s.do(t, "GET", "/livez", "").want(t, 200)
	s.do(t, "GET", "/metrics", "").problem(t, notFound)
}

func TestInternal(t *testing.T) {
	s := serve(t, func(s *shop, c *Config) {
		c.Internal = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte(r.Header.Get("Authorization")))
		})
	})
	if r := s.do(t, "POST", "/internal/verify", "", "Authorization", "Bearer k").want(t, 200); r.body != "Bearer k" {
		t.Error(r.body)
	}
	s.do(t, "GET", "/internal/verify", "").problem(t, methodNotAllowed)
}
