package httpapi

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"net/url"
	"path"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/danielgtaylor/huma/v2/negotiation"
	"github.com/go-json-experiment/json"
	"github.com/valyala/fasthttp"

	"seckill/internal/auth"
	"seckill/internal/sale"
)

// A ProductRef is the product that a path names.
type ProductRef struct {
	ID ID `path:"id"`
}

// An OrderRef is the order that a path names.
type OrderRef struct {
	OrderID string `path:"order_id" format:"uuid" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in lower case"`
}

func (in *OrderRef) id() sale.OrderID { return must(sale.ParseOrderID(in.OrderID)) }

// A JSONBody is a body that is read by our own strict reader, not by huma.
type JSONBody struct{ raw []byte }

// Resolve implements huma.Resolver.
func (b *JSONBody) Resolve(c huma.Context) []error {
	if p := checkJSON(c.Header("Content-Type"), c.Header("Content-Encoding")); p != nil {
		return []error{p}
	}
	raw, err := io.ReadAll(c.BodyReader())
	b.raw = raw
	if err != nil {
		return []error{problem(malformed)}
	}
	return nil
}

type (
	productOutput struct{ Body Product }
	orderOutput   struct{ Body Order }
	putInput      struct {
		ProductRef
		JSONBody
	}
	putOutput struct {
		Status int
		Body   Product
	}
	findInput struct {
		OrderRef
		Sender
		Trace
		Payment PaymentID `query:"payment" doc:"Say what has become of this payment, too"`
	}
	cancelInput struct {
		OrderRef
		Sender
	}
)

// routes are all but the native ones.
func (a *API) routes() http.Handler {
	mux := http.NewServeMux()
	api := humago.New(mux, humaConfig())
	api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "")
	api.OpenAPI().OnAddOperation = []huma.AddOpFunc{a.documentAccess}
	api.UseMiddleware(a.onlyOperators, plainQuery)
	a.merchantRoutes(api)
	a.buyerRoutes(api)
	a.searchRoutes(api)
	a.paymentRoutes(api)
	a.rehearsalRoutes(api)
	a.auditRoutes(api)
	a.figureRoutes(api)
	a.timelineRoutes(api)
	a.sessionRoutes(api)
	a.tokenRoutes(api)
	a.systemRoutes(api)
	a.nativeRoutes(api, mux)
	a.pages(mux)
	if a.Internal != nil {
		mux.Handle("POST /internal/", a.Internal)
	}
	a.writeDocument(api)
	return guarding(a.recoverer(a.dispatch(mux)))
}

func humaConfig() huma.Config {
	format := huma.Format{
		Marshal:   func(w io.Writer, v any) error { return json.MarshalWrite(w, v) },
		Unmarshal: func(data []byte, v any) error { return json.Unmarshal(data, v) },
	}
	return huma.Config{
		OpenAPI:                      openAPI(),
		Formats:                      map[string]huma.Format{"application/json": format, "json": format},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
	}
}

// dispatch answers as the table has it if the mux has no route, and gives
// handlers a context that outlives the first second of a shutdown.
func (a *API) dispatch(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context().(*fasthttp.RequestCtx) // of the adaptor
		r = r.WithContext(context.WithValue(a.ctx, responseKey{}, &ctx.Response))
		// fasthttp uses the request's bytes again, and ids in it outlive it.
		r.URL = must(url.ParseRequestURI(strings.Clone(r.RequestURI)))
		accept := r.Header["Accept"]
		if r.URL.Path != metricsPath {
			r.Header.Set("Accept", accepted(r.Header["Accept"]))
		}
		if tidy := path.Clean(r.URL.EscapedPath()); tidy != r.URL.EscapedPath() {
			problem(notFound).write(w) // the mux would redirect to a route that it is not
			return
		}
		h, pattern := mux.Handler(r)
		if pattern == "" && wantsPage(r, accept) {
			r.Header.Del("If-None-Match")
			a.index.ServeHTTP(astray{w}, r)
			return
		}
		if pattern == "" {
			allow := allowed{header: http.Header{}}
			h.ServeHTTP(&allow, r)
			allow.problem(w).write(w)
			return
		}
		ctx.SetUserValue(patternKey, pattern)
		mux.ServeHTTP(w, r)
	})
}

// wantsPage reports whether it is somebody at a browser who has gone astray.
func wantsPage(r *http.Request, accept []string) bool {
	return r.Method == http.MethodGet && !strings.HasPrefix(r.URL.Path, "/api/") && strings.Contains(strings.Join(accept, ","), "text/html")
}

// plainQuery refuses a query that huma would read in part: a parameter that is
// there twice, or empty, or cannot be decoded.
func plainQuery(c huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(c)
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		broken(invalid, sale.RulePercentEncoded.Of("query")).write(w)
		return
	}
	for name, values := range query {
		if len(values) > 1 || values[0] == "" {
			if !sale.CheckID(name) {
				name = "query" // nobody wants the other one in an answer
			}
			broken(invalid, sale.RuleOnceFilled.Of(name)).write(w)
			return
		}
	}
	next(c)
}

// accepted is the one of our two formats that the client prefers. huma gets to see
// nothing else (but for the metrics, which it does not write): its own reading of the header trips over a parameter of one letter.
func accepted(accept []string) string {
	const first = "application/json"
	return cmp.Or(negotiation.SelectQValue(strings.Join(accept, ","), []string{first, formatCSV}), first)
}

// allowed takes what the mux would have said to a request that it has no route for.
type allowed struct {
	header http.Header
	status int
}

func (a *allowed) Header() http.Header         { return a.header }
func (a *allowed) WriteHeader(status int)      { a.status = status }
func (a *allowed) Write(b []byte) (int, error) { return len(b), nil }

func (a *allowed) problem(w http.ResponseWriter) *Problem {
	if a.status != http.StatusMethodNotAllowed {
		return problem(notFound)
	}
	w.Header().Set("Allow", a.header.Get("Allow"))
	return problem(methodNotAllowed)
}

// answer is what a handler returns: its body, or a problem of the table.
func answer[O any](a *API, out *O, err error) (*O, error) {
	if err != nil {
		return nil, a.explain(err)
	}
	return out, nil
}

func (a *API) merchantRoutes(api huma.API) {
	huma.Register(api, putOperation(api), func(ctx context.Context, in *putInput) (*putOutput, error) {
		p, isNew, err := a.putProduct(ctx, string(in.ID), in.raw)
		status := http.StatusOK
		if isNew {
			status = http.StatusCreated
		}
		return answer(a, &putOutput{status, p}, err)
	})
	for name, flip := range map[string]func(*sale.Terms){
		"pause":     func(t *sale.Terms) { t.Paused = true },
		"resume":    func(t *sale.Terms) { t.Paused = false },
		"close":     func(t *sale.Terms) { t.Closed = true },
		"archive":   func(t *sale.Terms) { t.Closed, t.Archived = true, true },
		"unarchive": func(t *sale.Terms) { t.Archived = false },
	} {
		huma.Register(api, switchOperation(name), func(ctx context.Context, in *ProductRef) (*productOutput, error) {
			p, err := a.switchTerms(ctx, string(in.ID), flip)
			return answer(a, &productOutput{p}, err)
		})
	}
	huma.Register(api, deleteOperation(), func(ctx context.Context, in *ProductRef) (*struct{}, error) {
		return answer(a, &struct{}{}, a.deleteProduct(ctx, string(in.ID)))
	})
	huma.Register(api, productsOperation(), a.products)
	huma.Register(api, listOperation(api), a.list)
	huma.Register(api, historyOperation(), a.history)
}

func (a *API) buyerRoutes(api huma.API) {
	huma.Register(api, productOperation(), func(ctx context.Context, in *ProductRef) (*productOutput, error) {
		a.awaitStore(ctx)
		p, err := a.product(ctx, string(in.ID))
		if err != nil {
			return nil, a.explain(err)
		}
		return &productOutput{a.productBody(ctx, &p)}, nil
	})
	huma.Register(api, stateOperation(api), a.state)
	huma.Register(api, findOperation(), func(ctx context.Context, in *findInput) (*orderOutput, error) {
		v := a.viewerOf(ctx, &in.Sender)
		o, err := v.seen(a.find(ctx, in.id(), v.of(in.Trace)))
		if err == nil && in.Payment != "" {
			o.Payment, err = a.paymentOf(ctx, &o, string(in.Payment))
		}
		return answer(a, &orderOutput{o}, err)
	})
	huma.Register(api, payOperation(), func(ctx context.Context, in *OrderRef) (*orderOutput, error) {
		if _, operates := ctx.Value(operatorKey{}).(auth.Operator); operates && !a.Auth.Open() {
			return nil, problem(paymentNeeded)
		}
		o, err := a.endOrder(ctx, in.id(), a.Settle.Pay)
		return answer(a, &orderOutput{o}, err)
	})
	huma.Register(api, cancelOperation(), func(ctx context.Context, in *cancelInput) (*orderOutput, error) {
		if v := a.viewerOf(ctx, &in.Sender); !v.all {
			if _, err := v.seen(a.find(ctx, in.id(), Trace{})); err != nil {
				return nil, a.explain(err)
			}
		}
		o, err := a.endOrder(ctx, in.id(), a.Settle.Cancel)
		return answer(a, &orderOutput{o}, err)
	})
}

func (a *API) sessionRoutes(api huma.API) {
	huma.Register(api, sessionOperation(), a.session)
	huma.Register(api, signInOperation(), a.signIn)
	huma.Register(api, signOutOperation(), a.signOut)
	if a.Buyers != nil {
		a.passRoutes(api)
	}
}
