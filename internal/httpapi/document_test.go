package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2/yaml"

	"seckill/internal/identity"
	"seckill/internal/purchase"
	"seckill/internal/sale"
)

var update = flag.Bool("update", false, "write api/openapi.yaml, and the table of answers into docs/protocol.md")

const (
	published = "../../api/openapi.yaml"
	protocol  = "../../docs/protocol.md"
)

func TestPublishedDocument(t *testing.T) {
	s := newShop()
	c := s.config()
	c.Auth = s.operators("token")
	c.Buyers = &identity.Verifier{}
	var served bytes.Buffer
	if err := yaml.Convert(&served, bytes.NewReader(New(c).document())); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(published, served.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(published)
	if err != nil {
		t.Fatal(err)
	}
	if string(kept) != served.String() {
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

// Who is only believed has to be named, and the document of such a server says so.
func TestTheDocumentSaysWhoHasToBeNamed(t *testing.T) {
	for name, s := range map[string]*server{"believed": serve(t), "known": known(t)} {
		var d struct {
			Components struct {
				Schemas map[string]struct {
					Required []string `json:"required"`
				} `json:"schemas"`
			} `json:"components"`
		}
		if err := json.Unmarshal(s.api.document(), &d); err != nil {
			t.Fatal(err)
		}
		if says := slices.Contains(d.Components.Schemas["Buyer"].Required, "user_id"); says != (name == "believed") {
			t.Errorf("%s: it is needed: %v", name, says)
		}
	}
}

type document struct {
	OpenAPI string `json:"openapi"`
	Paths   map[string]map[string]struct {
		OperationID string `json:"operationId"`
		Responses   map[string]struct {
			Description string `json:"description"`
		} `json:"responses"`
	} `json:"paths"`
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
		c.Buyers = buyers(c.Now)
	})
	s.put(t, "1", sale.Terms{Quantity: 5, Closed: true})
	if _, err := s.Buy(t.Context(), t.Context(), "1", purchase.Request{User: "a"}); err != nil {
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
	for _, path := range []string{"/api", "/api/", "/api/x", "/api/products/1/x", "/api/me", "/openapi.yaml", "/docs", "/schemas/Order.json", "/internal/verify"} {
		s.do(t, "GET", path, "").problem(t, notFound)
	}
}

// A server without a token does not say that it asks for one.
func TestDocumentOfAnOpenServer(t *testing.T) {
	if open, guarded := string(serve(t).api.document()), string(guarded(t).api.document()); strings.Contains(open, `"security":`) || !strings.Contains(guarded, `"security":`) {
		t.Error("the document does not tell which routes are guarded")
	}
}

// The list is filled in, and an operation is described to answer each of it.
func TestTheListOfAnswers(t *testing.T) {
	s := known(t)
	anywhere := []kind{methodNotAllowed, timedOut, wrongHost, headersTooLarge} // before a route is known
	seen, described := map[string]bool{}, map[string]bool{}
	for _, operations := range s.document(t).Paths {
		for _, o := range operations {
			for _, r := range o.Responses {
				for code := range strings.SplitSeq(r.Description, ", ") {
					described[code] = true
				}
			}
		}
	}
	for k := range kindCount {
		of := kinds[k]
		if of.code == "" || seen[of.code] || http.StatusText(of.status) == "" || k.isProblem() != (of.status >= 400) || !k.isProblem() && !k.answersABuy() {
			t.Errorf("kind %d is not filled in: %+v", k, of)
		}
		seen[of.code] = true
		if k.isProblem() && described[of.code] == slices.Contains(anywhere, k) {
			t.Errorf("%s is answered by operations: %v", of.code, described[of.code])
		}
	}
}

// The table of what a buy is answered, as people read it.
func TestTheTableOfAnswers(t *testing.T) {
	table := "| answer | when |\n|---|---|\n"
	for _, k := range kindsThat(kind.answersABuy) {
		of := kinds[k]
		retry := ""
		if of.retry > 0 && !strings.Contains(of.when, "Retry-After") {
			retry = ". With `Retry-After`"
		}
		table += fmt.Sprintf("| %d `%s` | %s%s |\n", of.status, of.code, of.when, retry)
	}
	text, err := os.ReadFile(protocol)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begun := strings.Cut(string(text), "<!-- answers -->\n")
	is, after, ended := strings.Cut(rest, "<!-- end -->\n")
	if !begun || !ended {
		t.Fatalf("%s has no place for the table", protocol)
	}
	if is == table {
		return
	}
	if !*update {
		t.Fatalf("%s is not the list of answers: go test ./internal/httpapi -update", protocol)
	}
	if err := os.WriteFile(protocol, []byte(before+"<!-- answers -->\n"+table+"<!-- end -->\n"+after), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Every kind of the table can be met.
func TestEveryKindIsReachable(t *testing.T) {
	s := serve(t, func(s *shop, c *Config) {
		c.Auth, c.Signed = s.operators("token"), signs(t, s)
		c.Rates.User = 3
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
	o := s.buy(t, "1", "a").want(t, 201).order(t)
	id := must(sale.ParseOrderID(o.OrderID))
	for _, k := range kindsThat(kind.isRefusal) {
		s.set(func() { s.says = purchase.Answer{Result: kinds[k].refuses, Order: id} })
		meet(s.buy(t, "1", kinds[k].code))
	}
	s.set(func() { s.says = purchase.Answer{} })
	meet(s.buy(t, "none", "f"))
	for range 4 {
		if r := s.buy(t, "1", "a"); r.StatusCode == 429 {
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
	meet(s.do(t, "POST", "/api/orders/"+o.OrderID+"/cancel", "", operator...))
	meet(s.do(t, "POST", "/api/payments", pays("m", nobody, 5), "webhook-signature", "v1,x"))
	s.do(t, "POST", "/api/payments", pays("m", o.OrderID, 5), operator...).want(t, 200)
	meet(s.do(t, "POST", "/api/payments", pays("m", o.OrderID, 6), operator...))
	meet(s.do(t, "POST", "/api/products/1/payments/m/refunded", `{"reason":"r"}`, operator...))
	meet(s.do(t, "DELETE", "/api/products/1", "", operator...))
	s.put(t, "owes", sale.Terms{Quantity: 5, Closed: true})
	s.do(t, "POST", "/api/payments", strings.Replace(pays("m", nobody, 5), `"1"`, `"owes"`, 1), operator...).want(t, 200)
	meet(s.do(t, "DELETE", "/api/products/owes", "", operator...))
	s.put(t, "1", sale.Terms{Quantity: 5})
	for _, user := range []string{"j", "k"} {
		s.buy(t, "1", user).want(t, 201)
	}
	meet(s.do(t, "PUT", "/api/products/1", `{"quantity":1}`, operator...))
	viewer := []string{"Authorization", "Bearer " + s.token(t, "ann", "view")}
	meet(s.do(t, "PUT", "/api/products/1", `{"quantity":5}`, viewer...))
	meet(s.do(t, "POST", "/api/tokens", `{"name":"ann","role":"view"}`, operator...))
	meet(serve(t).do(t, "POST", "/api/tokens", `{"name":"ann","role":"view"}`))
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
	s.set(func() { s.cannot = sale.ErrUnavailable })
	meet(s.do(t, "POST", "/api/verify", "", operator...))
	k := known(t, func(_ *shop, c *Config) { c.Trusted, c.MaxStreamsOfAddress = here, 1 })
	k.put(t, "1", sale.Terms{Quantity: 1})
	k.watch(t, "/api/products/1/events", from("198.51.100.7")...)
	meet(k.do(t, "GET", "/api/products/1/events", "", from("198.51.100.7")...))
	k.api.Challenge = &Challenge{Check: (&judge{}).check}
	meet(k.buy(t, "1", "b", k.as(t, "b")...))
	meet(k.do(t, "POST", "/api/pass", `{"challenge":"x"}`, k.as(t, "b")...))
	k.api.Challenge = nil
	meet(k.buy(t, "1", "a"))
	meet(k.buy(t, "1", "a", k.as(t, "b")...))
	// The last two need a connection that is badly used: see TestUnreadableKind.
	met[kinds[headersTooLarge].code], met[kinds[timedOut].code] = true, true
	for _, k := range kindsThat(kind.isProblem) {
		if !met[kinds[k].code] {
			t.Errorf("%s was not met", kinds[k].code)
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
	lacks = Condition{Unavailable: &Unavailable{Products: 2, First: []string{"7", "8"}}}
	if r := s.do(t, "GET", "/readyz", "").want(t, 200); r.body != `{"status":"ok","unavailable":{"products":2,"first":["7","8"]}}` {
		t.Error(r.body)
	}
	lacks.Missing = []string{"the order store", "gate of 7"}
	if p := s.do(t, "GET", "/readyz", "").problem(t, unavailable); p.Detail != "Missing: the order store, gate of 7" {
		t.Error(p.Detail)
	}
	s.do(t, "GET", "/livez", "").want(t, 200)
	s.do(t, "GET", "/metrics", "").problem(t, notFound)
}

// What a process lacks may name addresses inside, and products: strangers are told no more than whether it can sell.
func TestStrangersAreToldOfNothingInside(t *testing.T) {
	lacks := Condition{Degraded: []string{"Redis node 10.0.0.3:6379"}, Unavailable: &Unavailable{Products: 1, First: []string{"7"}}}
	s := serve(t, func(s *shop, c *Config) {
		c.Auth, c.Ready = s.operators("token"), func(context.Context) Condition { return lacks }
		c.Openings = func() []Opening { return []Opening{{ProductID: "7"}} }
	})
	strangers := [][]string{nil, {"Cookie", plainCookie + "=x"}, {"Authorization", "Bearer " + s.token(t, "till", "payments")}}
	view := []string{"Authorization", "Bearer " + s.token(t, "ann", "view")}
	for _, header := range strangers {
		if r := s.do(t, "GET", "/readyz", "", header...).want(t, 200); r.body != `{"status":"ok"}` {
			t.Errorf("%s: %s", header, r.body)
		}
	}
	if r := s.do(t, "GET", "/readyz", "", view...).want(t, 200); !strings.Contains(r.body, "10.0.0.3") || !strings.Contains(r.body, "openings") {
		t.Error(r.body)
	}
	// It is no less ready if nobody knows whose token that is.
	s.set(func() { s.down, s.passed = sale.ErrUnavailable, s.passed+time.Second })
	if r := s.do(t, "GET", "/readyz", "", view...).want(t, 200); r.body != `{"status":"ok"}` {
		t.Error(r.body)
	}
	lacks.Missing = []string{"Redis (dial tcp 10.0.0.3:6379: connection refused)"}
	for _, header := range strangers {
		if p := s.do(t, "GET", "/readyz", "", header...).problem(t, unavailable); strings.Contains(p.Detail, "Redis") {
			t.Errorf("%s: %s", header, p.Detail)
		}
	}
	if p := s.do(t, "GET", "/readyz", "", operator...).problem(t, unavailable); !strings.Contains(p.Detail, "10.0.0.3") {
		t.Error(p.Detail)
	}
}

// The document tells a client by what a buyer proves who they are, and where they need not.
func TestTheDocumentSaysWhereBuyersProveWhoTheyAre(t *testing.T) {
	type by = map[string][]string
	buyer, operator := []by{{"buyer": {}}, {"pass": {}}}, []by{{"operator": {}}, {"session": {}}}
	anybody := []by{{}}
	knows := known(t).api
	for id, want := range map[string][]by{
		"buy": buyer, "get-pass": buyer, "get-order": slices.Concat(buyer, operator, anybody), "cancel-order": slices.Concat(buyer, operator, anybody),
		"watch-order": slices.Concat(buyer, operator, anybody), "watch-product": slices.Concat(operator, anybody), "put-product": operator, "live": nil,
	} {
		if got := knows.security(accesses[id]); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, not %v", id, got, want)
		}
	}
	if open := serve(t).api.security(accesses["buy"]); open != nil {
		t.Errorf("who is believed proves nothing: %v", open)
	}
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
