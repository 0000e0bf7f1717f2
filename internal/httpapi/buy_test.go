package httpapi

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"seckill/internal/purchase"
	"seckill/internal/sale"
)

func TestBuy(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 2})
	r := s.buy(t, "1", "a").want(t, 201)
	o := r.order(t)
	if _, err := sale.ParseOrderID(o.OrderID); err != nil || o.ProductID != "1" || o.UserID != "a" || o.Status != "placed" || o.Epoch != 1 {
		t.Errorf("%+v", o)
	}
	location := r.Header.Get("Location")
	if want := "/api/orders/" + o.OrderID + "?product=1&user=a&epoch=1"; location != want {
		t.Errorf("Location %s", location)
	}
	kept := s.do(t, "GET", location, "").want(t, 200).order(t)
	if kept.Number != 1 || kept.Status != "placed" || kept.PlacedAt != "2030-01-02T03:04:05.678Z" || kept.PayBy != "" {
		t.Errorf("%+v", kept)
	}
	if p := s.buy(t, "1", "a").problem(t, alreadyBought); p.Order == nil || *p.Order != kept {
		t.Errorf("already_bought: %+v", p.Order)
	}
	s.buy(t, "1", "b").want(t, 201)
	r = s.buy(t, "1", "c")
	r.problem(t, soldOut)
	if want := `{"type":"/problems/sold_out","title":"Sold out","status":409}`; r.body != want {
		t.Error(r.body)
	}
	if p := s.buy(t, "1", "a").problem(t, alreadyBought); p.Order == nil || *p.Order != kept {
		t.Errorf("a winner who asks again after the sell-out: %+v", p.Order)
	}
	s.buy(t, "2", "a").problem(t, notFound)
}

// The store may not have the order yet by which a user is refused. Nobody is told
// that it is placed who cannot be shown it: its way into the log may have failed.
func TestAlreadyBoughtBeforeTheStoreHasIt(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 2})
	s.set(func() { s.late, s.stuck = true, true })
	o := s.buy(t, "1", "a").want(t, 201).order(t)
	s.buy(t, "1", "a").problem(t, unavailable)
	s.set(func() { s.stuck = false })
	if p := s.buy(t, "1", "a").problem(t, alreadyBought); p.Order == nil || p.Order.OrderID != o.OrderID || p.Order.Number != 1 {
		t.Errorf("%+v", p.Order)
	}
}

// In a cluster such an order is called what it is.
func TestAlreadyBoughtIsQueued(t *testing.T) {
	s := serve(t, func(_ *shop, c *Config) { c.Placed, c.Wait = sale.PlacedByStore, time.Hour })
	s.put(t, "1", sale.Terms{Quantity: 2})
	s.set(func() { s.late, s.stuck = true, true })
	o := s.buy(t, "1", "a").want(t, 201).order(t)
	if p := s.buy(t, "1", "a").problem(t, alreadyBought); p.Order == nil || p.Order.OrderID != o.OrderID || p.Order.Status != "queued" {
		t.Errorf("%+v", p.Order)
	}
}

func TestBuyByOneUserAtOnce(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 50})
	var mu sync.Mutex
	var wg sync.WaitGroup
	placed, named := map[string]int{}, map[string]int{}
	for range 100 {
		wg.Go(func() {
			r := s.buy(t, "1", "a")
			mu.Lock()
			defer mu.Unlock()
			if r.StatusCode == 201 {
				placed[r.order(t).OrderID]++
			} else if p := r.problem(t, alreadyBought); p.Order != nil {
				named[p.Order.OrderID]++
			}
		})
	}
	wg.Wait()
	for id := range placed {
		if len(placed) != 1 || named[id] != 99 {
			t.Errorf("placed %v, already_bought names %v", placed, named)
		}
	}
}

func TestIdempotencyKey(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 2, LimitPerUser: 2, PaymentWindow: time.Minute})
	first := s.buy(t, "1", "a", "Idempotency-Key", "k1").want(t, 201).order(t)
	again := s.buy(t, "1", "a", "Idempotency-Key", "k1").want(t, 200)
	if o := again.order(t); o.OrderID != first.OrderID || o.Number != 1 {
		t.Errorf("%+v, not %+v", o, first)
	}
	if got := again.Header.Get("Location"); !strings.HasPrefix(got, "/api/orders/"+first.OrderID) {
		t.Errorf("Location %s", got)
	}
	other := s.buy(t, "1", "a", "Idempotency-Key", "k2").want(t, 201).order(t)
	if other.OrderID == first.OrderID {
		t.Error("another key, the same order")
	}
	s.do(t, "POST", "/api/orders/"+first.OrderID+"/cancel", "").want(t, 200)
	if o := s.buy(t, "1", "a", "Idempotency-Key", "k1").want(t, 200).order(t); o.Status != "cancelled" {
		t.Errorf("the same key after the order ended: %+v", o)
	}
	for name, key := range map[string]string{
		"256 characters": strings.Repeat("k", 256), "non-ASCII": "ä", "a tab": "a\tb", "empty": " ",
	} {
		p := s.buy(t, "1", "z", "Idempotency-Key", key).problem(t, invalid)
		if p.field(t, "Idempotency-Key") == "" {
			t.Error(name)
		}
	}
	two := s.buy(t, "1", "z", "Idempotency-Key", "a", "Idempotency-Key", "b").problem(t, invalid)
	two.field(t, "Idempotency-Key")
	s.buy(t, "1", "z", "Idempotency-Key", strings.Repeat("~", 255)).want(t, 201)
}

func TestRefusals(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 1, OpensAt: start.Add(90*time.Second + time.Millisecond)})
	r := s.buy(t, "1", "a")
	p := r.problem(t, notOpen)
	if p.OpensAt != "2030-01-02T03:05:35.679Z" || r.Header.Get("Retry-After") != "91" {
		t.Errorf("opens_at %s, Retry-After %s", p.OpensAt, r.Header.Get("Retry-After"))
	}
	s.put(t, "1", sale.Terms{Quantity: 1, Paused: true})
	r = s.buy(t, "1", "a")
	r.problem(t, paused)
	if r.Header.Get("Retry-After") == "" {
		t.Error("paused without Retry-After")
	}
	s.put(t, "1", sale.Terms{Quantity: 1, Closed: true})
	s.buy(t, "1", "a").problem(t, closed)
}

func TestBuyErrors(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 1})
	for _, c := range []struct {
		err  error
		kind kind
	}{
		{sale.ErrNotFound, notFound}, {sale.ErrNoGate, unavailable}, {sale.ErrShut, unavailable}, {sale.ErrFenced, unavailable},
		{sale.ErrUnavailable, unavailable}, {sale.ErrFull, unavailable}, {sale.ErrUnknownOutcome, outcomeUnknown},
		{sale.ErrDamaged, internal},
	} {
		s.set(func() { s.failed = fmt.Errorf("deep down: %w", c.err) })
		r := s.buy(t, "1", "a")
		r.problem(t, c.kind)
		if (r.StatusCode == 503) != (r.Header.Get("Retry-After") == "1") {
			t.Errorf("%v: Retry-After %q", c.err, r.Header.Get("Retry-After"))
		}
		if strings.Contains(r.body, "deep down") {
			t.Errorf("the answer tells of our insides: %s", r.body)
		}
	}
}

// In a cluster a buyer waits for placed as long as they like, and then has a
// queued order to ask for.
func TestQueued(t *testing.T) {
	s := serve(t, func(s *shop, c *Config) { c.Placed, c.Wait = sale.PlacedByStore, time.Millisecond })
	s.put(t, "1", sale.Terms{Quantity: 1})
	s.set(func() { s.pending = true })
	r := s.buy(t, "1", longest).want(t, 202)
	o := r.order(t)
	if o.UserID != longest || o.Status != "queued" || o.Epoch != 1 || r.Header.Get("Retry-After") == "" {
		t.Errorf("%+v", o)
	}
	if r.header("Location") != "/api/orders/"+o.OrderID+"?product=1&user="+url.QueryEscape(longest)+"&epoch=1" {
		t.Error(r.header("Location"))
	}
	if got := s.do(t, "GET", r.header("Location"), "").want(t, 200).order(t); got != o {
		t.Errorf("%+v, not %+v", got, o)
	}
	s.do(t, "GET", "/api/orders/"+o.OrderID, "").problem(t, notFound)
	s.set(func() { s.gate = sale.ErrShut })
	if got := s.do(t, "GET", r.header("Location"), "").want(t, 200).order(t); got.Status != "queued" {
		t.Errorf("while its gate is shut: %+v", got)
	}
	s.set(func() { s.gate = sale.ErrUnavailable })
	s.do(t, "GET", r.header("Location"), "").problem(t, unavailable)
	s.set(func() { s.gate, s.known = nil, nil })
	if got := s.do(t, "GET", r.header("Location"), "").want(t, 200).order(t); got.Status != "rejected" {
		t.Errorf("known to nobody: %+v", got)
	}
	ahead := strings.Replace(r.header("Location"), "epoch=1", "epoch=2", 1)
	if got := s.do(t, "GET", ahead, "").want(t, 200).order(t); got.Status != "rejected" {
		t.Errorf("of an epoch that was never opened: %+v", got)
	}
	s.set(func() { s.gate = sale.ErrFenced })
	if got := s.do(t, "GET", ahead, "").want(t, 200).order(t); got.Status != "queued" {
		t.Errorf("of an epoch that the gate is at, and the store not yet: %+v", got)
	}
}

// Who does not want to wait for placed waits for the gate's decision: a 202 says
// that they were admitted.
func TestWaitForTheDecision(t *testing.T) {
	s := serve(t, func(_ *shop, c *Config) { c.Placed, c.Wait = sale.PlacedByStore, time.Hour })
	s.put(t, "1", sale.Terms{Quantity: 1})
	s.set(func() { s.pending = true })
	s.buy(t, "1", "a", "Prefer", "wait=0").want(t, 202)
	s.set(func() {
		if !s.patient {
			t.Error("it would not have waited any longer for the gate's decision")
		}
	})
}

func (r reply) header(name string) string { return r.Header.Get(name) }

func TestPreferredWait(t *testing.T) {
	for header, want := range map[string]time.Duration{
		"wait=3": 3 * time.Second, "wait=0": 0, "respond-async, wait=10": 10 * time.Second, "respond-async; wait=10": 10 * time.Second,
		"WAIT = 4": 4 * time.Second, `wait="5"`: 5 * time.Second, "wait=999": maxWait, "wait=999999999999999999999": -1,
		"wait=-1": -1, "wait=1.5": -1, "wait": -1, "": -1, "wait=": -1, "waiting=3": -1,
	} {
		got, ok := preferredWait([][]byte{[]byte(header)})
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("%q: %v, not %v", header, got, want)
		}
	}
}

var badBuys = map[string]struct {
	body  string
	kind  kind
	field string
	rule  string
}{
	"user a number":       {`{"user_id":7}`, invalid, "user_id", userRule},
	"user null":           {`{"user_id":null}`, invalid, "user_id", userRule},
	"user empty":          {`{"user_id":""}`, invalid, "user_id", userRule},
	"user braces":         {`{"user_id":"{a}"}`, invalid, "user_id", userRule},
	"user blank":          {`{"user_id":" "}`, invalid, "user_id", userRule},
	"user blank inside":   {`{"user_id":"a b"}`, invalid, "user_id", userRule},
	"user blank after":    {`{"user_id":"a "}`, invalid, "user_id", userRule},
	"user line break":     {`{"user_id":"a\nb"}`, invalid, "user_id", userRule},
	"user raw line break": {"{\"user_id\":\"a\nb\"}", malformed, "body", jsonRule},
	"user NUL":            {`{"user_id":"a\u0000"}`, invalid, "user_id", userRule},
	"user raw NUL":        {"{\"user_id\":\"a\x00\"}", malformed, "body", jsonRule},
	"user non-ASCII":      {`{"user_id":"ä"}`, invalid, "user_id", userRule},
	"user not UTF-8":      {"{\"user_id\":\"\xff\"}", malformed, "body", jsonRule},
	"user 121 characters": {`{"user_id":"` + strings.Repeat("x", 121) + `"}`, invalid, "user_id", userRule},
	"user list":           {`{"user_id":["a"]}`, invalid, "user_id", userRule},
	"user twice":          {`{"user_id":"a","user_id":"b"}`, invalid, "user_id", onceRule},
	"user twice, escaped": {`{"user_id":"a","user_\u0069d":"b"}`, invalid, "user_id", onceRule},
	"another case":        {`{"USER_ID":"a"}`, invalid, "USER_ID", "must be written user_id"},
	"unknown key":         {`{"user_id":"a","quantity":2}`, invalid, "quantity", unknownRule},
	"no key":              {`{}`, invalid, "user_id", "is required"},
	"a list":              {`["a"]`, invalid, "body", objectRule},
	"null":                {`null`, invalid, "body", objectRule},
	"empty":               {``, malformed, "body", jsonRule},
	"not JSON":            {`user_id=a`, malformed, "body", jsonRule},
	"single quotes":       {`{'user_id':'a'}`, malformed, "body", jsonRule},
	"cut off":             {`{"user_id":"a"`, malformed, "body", jsonRule},
	"trailing":            {`{"user_id":"a"}x`, malformed, "body", jsonRule},
	"two values":          {`{"user_id":"a"} {"user_id":"b"}`, malformed, "body", jsonRule},
	"trailing comma":      {`{"user_id":"a",}`, malformed, "body", jsonRule},
	"byte order mark":     {"\ufeff" + `{"user_id":"a"}`, malformed, "body", jsonRule},
	"deeply nested":       {strings.Repeat("[", 2000) + strings.Repeat("]", 2000), invalid, "body", objectRule},
}

func TestBadBuy(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 7})
	for name, c := range badBuys {
		t.Run(name, func(t *testing.T) {
			p := s.do(t, "POST", "/api/products/1/orders", c.body, "Content-Type", "application/json").problem(t, c.kind)
			p.broke(t, c.field, c.rule)
		})
	}
	if s.changes != 1 {
		t.Error("something changed")
	}
}

func TestUnusualBuys(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 100})
	for i, body := range []string{
		` { "user_id" : "u0" } `, `{"user_\u0069d":"u1"}`, `{"user_id":"\u00752"}`, "\r\n\t{\"user_id\":\"u3\"}\n",
	} {
		o := s.do(t, "POST", "/api/products/1/orders", body).want(t, 201).order(t)
		if want := fmt.Sprintf("u%d", i); o.UserID != want {
			t.Errorf("%s: user %s", body, o.UserID)
		}
	}
	for _, body := range []string{`{"user_id":"gid://shop/1"}`, `{"user_id":"gid:\/\/shop\/2"}`} { // as PHP writes it
		if o := s.do(t, "POST", "/api/products/1/orders", body).want(t, 201).order(t); !strings.HasPrefix(o.UserID, "gid://shop/") {
			t.Errorf("%s: user %s", body, o.UserID)
		}
	}
	s.do(t, "POST", "/api/products/%31/orders", `{"user_id":"e"}`).want(t, 201)
	s.do(t, "POST", "/api/products/1/orders?x=1", `{"user_id":"q"}`).want(t, 201)
}

func TestContentType(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 100})
	for i, right := range []string{"application/json", "application/json; charset=utf-8", "Application/JSON;charset=\"UTF-8\""} {
		s.buy(t, "1", fmt.Sprint("u", i), "Content-Type", right).want(t, 201)
		s.do(t, "PUT", "/api/products/2", `{"quantity":1}`, "Content-Type", right)
	}
	changes := s.changes
	for _, wrong := range []string{
		"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json; charset=utf-16",
		"application/jsonp", "application/json, text/plain", "json", "application/problem+json",
	} {
		for _, r := range []reply{
			s.buy(t, "1", "z", "Content-Type", wrong),
			s.do(t, "PUT", "/api/products/2", `{"quantity":1}`, "Content-Type", wrong),
			s.do(t, "POST", "/api/session", `{"token":"x"}`, "Content-Type", wrong),
		} {
			p := r.problem(t, notJSON)
			p.broke(t, "Content-Type", "must be application/json")
		}
	}
	p := s.buy(t, "1", "z", "Content-Type", "application/json; v=1", "Content-Encoding", "gzip").problem(t, notJSON)
	p.broke(t, "Content-Encoding", "must be absent")
	if s.changes != changes {
		t.Error("something changed")
	}
}

func TestNativeRoutesKnowTheirMethods(t *testing.T) {
	s := serve(t)
	for path, allow := range map[string]string{
		"/api/products/1/orders": "GET, HEAD, POST", "/api/products/1/events": "GET, HEAD",
		"/api/orders/00000000-0000-7000-8000-000000000000/events": "GET, HEAD", "/api/products": "GET, HEAD", "/": "GET, HEAD",
	} {
		r := s.do(t, http.MethodPatch, path, "")
		r.problem(t, methodNotAllowed)
		if got := r.header("Allow"); got != allow {
			t.Errorf("%s: Allow %q, not %q", path, got, allow)
		}
	}
}

// A result that nobody has foreseen is an internal error, and refuses nobody.
func TestEveryResultHasItsAnswer(t *testing.T) {
	orders := []purchase.Result{purchase.Placed, purchase.Queued, purchase.Again} // see admit
	for result := range purchase.Result(255) {
		var ctx fasthttp.RequestCtx
		k := refused(&ctx, &purchase.Answer{Result: result})
		foreseen := result > 0 && result < purchase.ResultCount && !slices.Contains(orders, result)
		if k.isRefusal() != foreseen || !foreseen && k != internal || ctx.Response.StatusCode() != kinds[k].status {
			t.Errorf("result %d is answered %s with %d", result, kinds[k].code, ctx.Response.StatusCode())
		}
	}
}
