package httpapi

import (
	"net/url"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/valyala/fasthttp"

	"seckill/internal/sale"
)

// asked is what the API answers to a request without a body.
func asked(handle fasthttp.RequestHandler, method, target string) (status int, p Problem) {
	var r fasthttp.Request
	r.Header.SetMethod(method)
	r.Header.SetHost("localhost")
	r.Header.SetRequestURI(target)
	ctx := &fasthttp.RequestCtx{}
	ctx.Init(&r, nil, nil)
	handle(ctx)
	if ctx.Response.StatusCode() >= 400 {
		if string(ctx.Response.Header.ContentType()) != problemType || method != "HEAD" && json.Unmarshal(ctx.Response.Body(), &p) != nil {
			p.Title = "not a problem"
		}
	}
	return ctx.Response.StatusCode(), p
}

// Whatever stands behind the question mark, a list is one, or says which parameter is wrong.
func FuzzListQuery(f *testing.F) {
	for _, q := range []string{
		"", "limit=3&after=3", "limit=0", "after=-1", "order=newest", "status=%00", "limit=1&limit=2", "after=9223372036854775808",
		"%zz=1", ";", "limit=1;after=2", "stauts=paid", "limit=+1", "limit=1_0", "limit=0x1", "&&&", "limit",
	} {
		f.Add(q)
	}
	s := newShop()
	if _, err := s.Put(f.Context(), "1", "", func(sale.Product) (sale.Terms, error) {
		return sale.Terms{Quantity: 5, LimitPerUser: 1}, nil
	}); err != nil {
		f.Fatal(err)
	}
	handle := New(s.config()).Handler()
	f.Fuzz(func(t *testing.T, query string) {
		status, p := asked(handle, "GET", "/api/products/1/orders?"+query)
		switch {
		case status == 200, status == 400 && p.Status == 400: // a target that is none
		case status != 422 || len(p.Errors) == 0 || p.Title == "not a problem":
			t.Errorf("%q: %d, %+v", query, status, p)
		}
	})
}

// The stream of an order reads its parameters as the order itself does.
func FuzzTrace(f *testing.F) {
	f.Add("1", "u", "1")
	f.Add("{1}", "u", "1")
	f.Add("1", "", "-1")
	f.Add("1", "u", "")
	f.Add("1", "u", "9223372036854775808")
	f.Add("1", "u", "+1")
	f.Add("1", "u", "1.0")
	f.Add("1", "u&user=v", "1")
	handle := New(newShop().config()).Handler()
	f.Fuzz(func(t *testing.T, product, user, epoch string) {
		q := "?" + url.Values{"product": {product}, "user": {user}, "epoch": {epoch}}.Encode()
		if p, twice, ok := strings.Cut(user, "&user="); ok {
			q = "?" + url.Values{"product": {product}, "user": {p, twice}}.Encode()
		}
		order, p := asked(handle, "GET", "/api/orders/"+sale.OrderID{}.String()+q)
		stream, _ := asked(handle, "HEAD", "/api/orders/"+sale.OrderID{}.String()+"/events"+q)
		if order != stream || p.Title == "not a problem" || order != 404 && order != 422 {
			t.Errorf("%s: the order %d %+v, its stream %d", q, order, p, stream)
		}
	})
}
