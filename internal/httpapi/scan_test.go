package httpapi

import (
	"bytes"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/valyala/fasthttp"

	"seckill/internal/identity"
	"seckill/internal/metrics"
	"seckill/internal/purchase"
	"seckill/internal/sale"
	"seckill/internal/trace"
)

func strictUser(body []byte) (user string, err error) {
	err = readObject(body, needed(userField("user_id", &user)))
	return user, err
}

// longest is as long and as odd a user id as there may be.
var longest = strings.Repeat("=+-@auth0|gid://shop.example/Customer/1:a.b~", 3)[:sale.MaxUser]

func TestScan(t *testing.T) {
	for _, body := range []string{
		`{"user_id":"a"}`, ` {  "user_id" :  "aZ09_-" } `, "{\n\t\"user_id\": \"u\"\r\n}\n",
		`{"user_id":"` + longest + `"}`,
	} {
		want, err := strictUser([]byte(body))
		if got, ok := scanUser([]byte(body)); err != nil || !ok || string(got) != want {
			t.Errorf("%s: %q %v", body, got, ok)
		}
	}
}

// lenientUser is how a stranger would read a buy, but for what is not allowed.
func lenientUser(body []byte) (string, bool) {
	var buy struct {
		UserID *string `json:"user_id"`
	}
	err := json.Unmarshal(body, &buy, json.RejectUnknownMembers(true))
	if err != nil || buy.UserID == nil || !sale.CheckUser(*buy.UserID) {
		return "", false
	}
	return *buy.UserID, true
}

// Whatever the scanner takes, the strict reader takes for the same user; and what
// the strict reader takes without having to unescape anything, the scanner does.
// The strict reader takes what a stranger would.
func FuzzScan(f *testing.F) {
	for _, c := range badBuys {
		f.Add([]byte(c.body))
	}
	f.Add([]byte(` { "user_id" : "u0" } `))
	f.Add([]byte(`{"user_id":"auth0|gid://shop/C+1:a.b=~@x"}`))
	f.Add([]byte(`{"user_\u0069d":"u1"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		fast, ok := scanUser(body)
		strict, err := strictUser(body)
		switch {
		case ok && (err != nil || strict != string(fast)):
			t.Fatalf("%q: the scanner takes %q, the strict reader %q, %v", body, fast, strict, err)
		case !ok && err == nil && !bytes.ContainsRune(body, '\\'):
			t.Fatalf("%q: the strict reader takes %q, the scanner nothing", body, strict)
		}
		if strange, ok := lenientUser(body); ok != (err == nil) || ok && strange != strict {
			t.Fatalf("%q: a stranger takes %q, the strict reader %q, %v", body, strange, strict, err)
		}
	})
}

// No terms are answered with a 500, and those that are taken come back from the log.
func FuzzTerms(f *testing.F) {
	for _, c := range badPuts {
		f.Add([]byte(c.body))
	}
	f.Add([]byte(`{"quantity":5,"group":"/members:vip@shop"}`))
	f.Add([]byte(`{"quantity":5,"name":"限量\u3000👨\u200d👩\u200d👧","limit_per_user":2,"opens_at":"2030-01-01T00:00:00Z","payment_window":"15m"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		terms, err := (&API{Config: Config{Buyers: &identity.Verifier{}}}).readTerms(body)
		if err == nil && terms.Check() != nil {
			t.Fatalf("%q: %v", body, terms.Check())
		}
		if err == nil {
			r := sale.Record{Kind: sale.KindOpening, ProductID: "1", Epoch: 1, Nonce: "n", At: start, Terms: terms}
			if again, err := sale.ParseRecord(r.Kind, sale.Version, r.Epoch, r.AppendBody(nil)); err != nil || again != r {
				t.Fatalf("%q: %+v comes back as %+v, %v", body, r, again, err)
			}
		}
		if err != nil && (&API{}).explain(err).Status >= 500 {
			t.Fatalf("%q: %v", body, err)
		}
	})
}

// soldOutDesk refuses everybody from memory.
type soldOutDesk struct{ Desk }

func (soldOutDesk) Refuse(_, _ []byte) (purchase.Answer, bool) {
	return purchase.Answer{Result: purchase.SoldOut, Epoch: 1}, true
}

func soldOutRequest(t testing.TB) (*API, *fasthttp.RequestCtx) {
	c := newShop().config()
	c.Desk = soldOutDesk{}
	ctx := &fasthttp.RequestCtx{}
	var r fasthttp.Request
	r.Header.SetMethod("POST")
	r.SetRequestURI("/api/products/1/orders")
	r.Header.SetHost("localhost:3000")
	r.Header.SetUserAgent("rush")
	r.Header.SetContentType("application/json")
	r.SetBodyString(`{"user_id":"u123456"}`)
	ctx.Init(&r, nil, nil)
	a := New(c)
	a.loopback = true
	return a, ctx
}

func TestSoldOutAllocatesNothing(t *testing.T) {
	t.Run("believed", func(t *testing.T) { soldOutAllocatesNothing(t, func(*API, *fasthttp.Request) {}) })
	t.Run("by a pass", func(t *testing.T) {
		soldOutAllocatesNothing(t, func(a *API, r *fasthttp.Request) {
			a.Buyers = buyers(time.Now)
			pass := must(a.Buyers.Passes.Mint(identity.Buyer{User: "u123456", Until: time.Now().Add(time.Hour)}))
			r.Header.Set("Authorization", "Bearer "+pass)
			r.SetBodyString("{}")
		})
	})
	t.Run("by a JWT that is remembered", func(t *testing.T) {
		soldOutAllocatesNothing(t, func(a *API, r *fasthttp.Request) {
			var sign func(user string) string
			a.Buyers = buyers(time.Now)
			a.Buyers.Tokens, sign = shopTokens(t, time.Now)
			r.Header.Set("Authorization", "Bearer "+sign("u123456"))
			r.SetBodyString("{}")
		})
	})
	t.Run("of an address that a proxy names, and whose rate is bounded", func(t *testing.T) {
		soldOutAllocatesNothing(t, func(a *API, r *fasthttp.Request) {
			a.Trusted, a.limits.address = identity.Trusted{netip.MustParsePrefix("0.0.0.0/32")}, newLimiter("address", 1e9) // who asks here is nobody
			r.Header.Set("X-Forwarded-For", "198.51.100.7")
		})
	})
	t.Run("counted, and followed if it were another", func(t *testing.T) {
		soldOutAllocatesNothing(t, func(a *API, _ *fasthttp.Request) {
			a.Meter, a.Traces = metrics.New(), must(trace.New(trace.Config{Collector: "http://127.0.0.1:1", Ratio: 1e-9, Log: a.Log}))
			t.Cleanup(a.Traces.Close)
			a.countAnswers()
		})
	})
}

func soldOutAllocatesNothing(t *testing.T, ask func(*API, *fasthttp.Request)) {
	t.Helper()
	a, ctx := soldOutRequest(t)
	ask(a, &ctx.Request)
	handle := a.Handler()
	n := testing.AllocsPerRun(1000, func() {
		ctx.Response.Reset()
		handle(ctx)
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
	if ctx.Response.StatusCode() != 409 || string(ctx.Response.Body()) != string(bodies[soldOut]) {
		t.Errorf("%d %s", ctx.Response.StatusCode(), ctx.Response.Body())
	}
}

// Around our code fasthttp makes one object, a reader of the body's length.
func TestASoldOutConnection(t *testing.T) {
	s := serve(t, func(_ *shop, c *Config) { c.Desk = soldOutDesk{} })
	c := must(net.Dial("tcp", strings.TrimPrefix(s.url, "http://")))
	defer c.Close()
	request := []byte(buyHead + "Content-Length: 15\r\n\r\n{\"user_id\":\"a\"}")
	answer := make([]byte, 4096)
	n := testing.AllocsPerRun(1000, func() {
		_ = must(c.Write(request))
		_ = must(c.Read(answer))
	})
	if n > 1 {
		t.Errorf("%v allocations", n)
	}
	if !bytes.HasPrefix(answer, []byte("HTTP/1.1 409 ")) {
		t.Errorf("%s", answer)
	}
}

// An order that was just admitted is written by hand; it must be what the
// encoder would have written.
func TestFreshOrder(t *testing.T) {
	for _, o := range []Order{
		{OrderID: sale.OrderID{}.String(), ProductID: "1", UserID: "a", Status: "placed", Epoch: 12},
		{OrderID: sale.OrderID{1}.String(), ProductID: "1", UserID: "a", Status: "queued"},
	} {
		if got, want := string(o.append(nil)), string(must(json.Marshal(&o))); got != want {
			t.Errorf("%s\n%s", got, want)
		}
	}
}
