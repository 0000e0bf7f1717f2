package httpapi

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"seckill/internal/auth"
	"seckill/internal/sale"
)

// token makes one, as the admin.
func (s *server) token(t *testing.T, name, role string) string {
	t.Helper()
	var made NewToken
	s.do(t, "POST", "/api/tokens", `{"name":"`+name+`","role":"`+role+`"}`, "Authorization", "Bearer token").want(t, 201).json(t, &made)
	if made.Name != name || made.Role != role || made.MadeAt == "" || made.Token == "" {
		t.Fatalf("%+v", made)
	}
	return made.Token
}

// meant is who is to use each operation, written once more by hand: a row that
// changes there has to be meant.
var meant = map[string]string{
	"put-product": "operate", "pause-product": "operate", "resume-product": "operate", "close-product": "operate", "archive-product": "operate", "unarchive-product": "operate", "delete-product": "operate",
	"list-products": "view operate", "list-orders": "view operate", "search-orders": "view operate", "get-history": "view operate", "pay-order": "payments operate",
	"receive-payment": "payments", "list-payments": "view operate payments", "get-payment": "view operate payments", "refund-payment": "payments operate", "void-order": "operate",
	"begin-rehearsal": "operate", "remove-rehearsal": "operate",
	"list-rehearsals": "view operate", "get-rehearsal": "view operate", "get-rehearsal-report": "view operate", "watch-rehearsal": "view operate",
	"verify": "view operate", "figures": "view operate", "get-timeline": "view operate", "share-timeline": "operate", "metrics": "view operate",
	"list-tokens": "", "add-token": "", "revoke-token": "",
	"receive-stripe-event": "all", "cancel-order": "all", "watch-product": "all", "buy": "all", "get-product": "all", "get-state": "all", "get-order": "all", "watch-order": "all",
	"get-session": "all", "sign-in": "all", "sign-out": "all", "live": "all", "ready": "all", "started": "all", "openapi": "all",
}

// Every role at every route of the document, by token and by session: 403 without the
// role, 401 without any, and anything else with it.
func TestEachRoleOnEachRoute(t *testing.T) {
	s := guarded(t)
	s.put(t, "1", sale.Terms{Quantity: 5, PaymentWindow: time.Hour})
	shown := map[auth.Role][][]string{"": {nil, {"Cookie", plainCookie + "=old"}}, auth.Admin: {{"Authorization", "Bearer token"}}}
	for _, role := range auth.Roles {
		text := s.token(t, "a-"+string(role), string(role))
		cookie := s.do(t, "POST", "/api/session", `{"name":"a-`+string(role)+`","token":"`+text+`"}`).want(t, 204).Cookies()[0]
		shown[role] = [][]string{{"Authorization", "Bearer " + text}, {"Cookie", cookie.Name + "=" + cookie.Value}}
	}
	met := map[string]bool{}
	for path, operations := range s.document(t).Paths {
		for method, op := range operations {
			id := op.OperationID
			want, known := meant[id]
			if met[id] = true; !known {
				t.Errorf("%s is new: who is to use it?", id)
			}
			if method == "get" && strings.HasSuffix(path, "/events") {
				method = "head" // the same route, and ends
			}
			for role, ways := range shown {
				may := want == "all" || role == auth.Admin || role != "" && slices.Contains(strings.Fields(want), string(role))
				for _, header := range ways {
					r := s.do(t, strings.ToUpper(method), pathIDs.Replace(path), "", header...)
					refused := 0
					switch {
					case !may && role == "":
						refused = 401
					case !may:
						refused = 403
					}
					if got := r.StatusCode; refused != 0 && got != refused || refused == 0 && got == 403 || refused == 0 && got == 401 && id != "sign-in" {
						t.Errorf("%s %s for %q by %q: %d %s", method, path, role, header, got, r.body)
					}
					if refused == 401 && r.header("WWW-Authenticate") != "Bearer" && method != "head" {
						t.Errorf("%s %s: no WWW-Authenticate", method, path)
					}
				}
			}
		}
	}
	for id := range meant {
		if !met[id] {
			t.Errorf("%s is in no document", id)
		}
	}
	s.do(t, "PUT", "/api/products/1", `{"quantity":1}`, shown[auth.View][0]...).problem(t, wrongRole)
}

func TestTokens(t *testing.T) {
	s := guarded(t)
	admin := []string{"Authorization", "Bearer token"}
	ann := s.token(t, "ann", "operate")
	s.do(t, "POST", "/api/tokens", `{"name":"ann","role":"view"}`, admin...).problem(t, nameTaken)
	for body, field := range map[string]string{
		`{"name":"admin","role":"view"}`: "name", `{"name":"a b","role":"view"}`: "name", `{"name":"bob","role":"admin"}`: "role",
		`{"name":"bob"}`: "role", `{"name":"bob","role":""}`: "role", `{"role":"view"}`: "name", `{"name":"bob","role":7}`: "role",
	} {
		p := s.do(t, "POST", "/api/tokens", body, admin...).problem(t, invalid)
		p.field(t, field)
	}
	var all OperatorTokens
	r := s.do(t, "GET", "/api/tokens", "", admin...).want(t, 200)
	if r.json(t, &all); len(all.Tokens) != 1 || all.Tokens[0].Name != "ann" || all.Tokens[0].Role != "operate" || strings.Contains(r.body, ann) {
		t.Error(r.body)
	}
	s.set(func() {
		for _, kept := range s.tokens {
			if strings.Contains(string(kept.Hash[:]), ann) {
				t.Error("the token itself is kept")
			}
		}
	})
	shown := []string{"Authorization", "Bearer " + ann}
	s.do(t, "PUT", "/api/products/1", `{"quantity":6}`, shown...).want(t, 201)
	s.do(t, "DELETE", "/api/tokens/ann", "", admin...).want(t, 204)
	s.do(t, "PUT", "/api/products/1", `{"quantity":7}`, shown...).problem(t, unauthorized)
	s.do(t, "DELETE", "/api/tokens/ann", "", admin...).problem(t, notFound)
	s.set(func() { s.down, s.passed = sale.ErrUnavailable, s.passed+time.Second })
	s.do(t, "PUT", "/api/products/1", `{"quantity":7}`, shown...).problem(t, unavailable)
	s.do(t, "GET", "/api/tokens", "", admin...).problem(t, unavailable)
}

// Who guesses at the admin token is slowed also while nobody knows which other tokens are good. A session is no guess.
func TestAGuessIsSlowedWhileTokensAreUnknown(t *testing.T) {
	s := guarded(t)
	s.set(func() { s.down = sale.ErrUnavailable })
	session := "Cookie"
	for range freeFailures {
		s.do(t, "GET", "/api/products/1/history", "", "Authorization", "Bearer guess").problem(t, unavailable)
		s.do(t, "GET", "/api/products/1/history", "", session, plainCookie+"=ann.9999999999.x").problem(t, unavailable)
	}
	s.do(t, "POST", "/api/session", `{"name":"admin","token":"guess"}`).problem(t, unavailable)
	s.do(t, "HEAD", "/api/rehearsals/1/events", "", "Authorization", "Bearer guess").want(t, 503)
	if s.set(func() {}); !slices.Equal(s.pauses, []time.Duration{time.Second, 2 * time.Second}) {
		t.Errorf("paused %v", s.pauses)
	}
}

// Without operators there is nobody to make a token, which would be good once there are.
func TestNoTokensWithoutOperators(t *testing.T) {
	s := serve(t)
	s.do(t, "POST", "/api/tokens", `{"name":"ann","role":"operate"}`).problem(t, noOperators)
	if r := s.do(t, "GET", "/api/tokens", "").want(t, 200); r.body != `{"tokens":[]}` {
		t.Error(r.body)
	}
}

// An event stream tells an operator nothing more once the token is revoked.
func TestARevokedTokensStreamEnds(t *testing.T) {
	s := guarded(t)
	s.put(t, "1", sale.Terms{Quantity: 5})
	ann := s.token(t, "ann", "view")
	open, operator := s.watch(t, "/api/products/1/events"), s.watch(t, "/api/products/1/events", "Authorization", "Bearer "+ann)
	var p Product
	if name := open.next(t, &p); name != "product" {
		t.Fatalf("event %q", name)
	}
	if name := operator.next(t, &p); name != "product" {
		t.Fatalf("event %q", name)
	}
	// By another process: this one is not told.
	s.set(func() { s.tokens, s.passed = nil, s.passed+time.Second })
	s.buy(t, "1", "a").want(t, 201)
	for name := "first"; name != ""; {
		var orders any
		if name = operator.next(t, &orders); name == "orders" {
			if list, _ := orders.([]any); len(list) > 0 {
				t.Errorf("it is told %v", orders)
			}
		}
	}
	open.until(t, func(p Product) bool { return p.Remaining != nil && *p.Remaining == 4 })
}

// A role opens no more of a product's events than it may see.
func TestEventsByRole(t *testing.T) {
	s := guarded(t)
	s.put(t, "1", sale.Terms{Quantity: 5})
	s.buy(t, "1", "a").want(t, 201)
	payer := s.watch(t, "/api/products/1/events", "Authorization", "Bearer "+s.token(t, "till", "payments"))
	for remaining := int64(-1); remaining != 3; {
		var p Product
		if name := payer.next(t, &p); name != "product" {
			t.Fatalf("event %q for somebody who may not see orders", name)
		}
		if remaining == -1 {
			s.buy(t, "1", "b").want(t, 201)
		}
		remaining = *p.Remaining
	}
	if r := s.do(t, http.MethodHead, "/api/rehearsals/1/events", "", "Authorization", "Bearer "+s.token(t, "till2", "payments")); r.StatusCode != 403 {
		t.Errorf("%d", r.StatusCode)
	}
}
