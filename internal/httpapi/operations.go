package httpapi

import (
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"seckill/internal/identity"
	"seckill/internal/sale"
)

// openAPI is the document before the routes are in it.
func openAPI() *huma.OpenAPI {
	return &huma.OpenAPI{
		Info: &huma.Info{
			Title: "seckill", Version: "1",
			Description: "Flash sales that never oversell. Every error is a problem (RFC 9457); an id is 1 to 64 characters of A-Z, a-z, 0-9, _ and -.",
		},
		Components: &huma.Components{
			Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
			SecuritySchemes: map[string]*huma.SecurityScheme{
				"operator": {Type: "http", Scheme: "bearer", Description: "The admin token, where the server has one, or a token that was made with it"},
				"session":  {Type: "apiKey", In: "cookie", Name: plainCookie, Description: "Got by POST /api/session; over TLS it is " + secureCookie},
				"buyer":    {Type: "http", Scheme: "bearer", Description: "Where buyers are known: a JWT of the shop, or a pass"},
				"pass":     {Type: "apiKey", In: "cookie", Name: identity.Cookie, Description: "Got by POST /api/pass; over TLS it is " + identity.SecureCookie},
			},
		},
	}
}

// An operation is described in one line; the kinds are the problems that it may
// answer with, on top of those that every route may.
func operation(method, path, id, summary string, fails ...kind) huma.Operation {
	op := huma.Operation{Method: method, Path: path, OperationID: id, Summary: summary, Responses: map[string]*huma.Response{}}
	if strings.HasPrefix(path, "/api/") && !slices.Contains(fails, rateLimited) {
		fails = append(fails, rateLimited)
	}
	for _, k := range append(fails, internal) {
		describe(&op, k)
	}
	return op
}

func describe(op *huma.Operation, k kind) {
	status := strconv.Itoa(kinds[k].status)
	r := op.Responses[status]
	if r == nil {
		r = &huma.Response{Content: map[string]*huma.MediaType{problemType: {Schema: &huma.Schema{Ref: "#/components/schemas/Problem"}}}}
		op.Responses[status] = r
	}
	r.Description = strings.TrimPrefix(r.Description+", "+kinds[k].code, ", ")
}

// withBody is an operation that takes JSON.
func withBody(op huma.Operation) huma.Operation {
	for _, k := range []kind{malformed, tooLarge, notJSON, invalid, crossOrigin} {
		describe(&op, k)
	}
	return op
}

// bodyOf documents a body in the shape of v. If huma knew of it before the
// route is registered, it would read the body itself, and is lenient.
func bodyOf(api huma.API, v any) *huma.RequestBody {
	schema := api.OpenAPI().Components.Schemas.Schema(reflect.TypeOf(v), true, "")
	return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}}
}

// documentBodies writes the bodies of the routes that huma serves into the document.
func documentBodies(api huma.API) {
	paths := api.OpenAPI().Paths
	documentLists(api.OpenAPI().Components.Schemas.Map())
	paths["/api/products/{id}"].Put.RequestBody = bodyOf(api, Terms{})
	api.OpenAPI().Components.Schemas.Map()["Terms"].Properties["name"].Pattern = namePattern
	for _, link := range []string{"url", "image_url"} {
		api.OpenAPI().Components.Schemas.Map()["Terms"].Properties[link].Pattern = sale.LinkPattern
	}
	paths["/api/rehearsals"].Post.RequestBody = bodyOf(api, RehearsalBody{})
	paths["/api/session"].Post.RequestBody = bodyOf(api, SignIn{})
	paths["/api/tokens"].Post.RequestBody = bodyOf(api, TokenBody{})
	if pass := paths["/api/pass"]; pass != nil {
		pass.Post.RequestBody = bodyOf(api, PassBody{})
		pass.Post.RequestBody.Required = false
	}
	documentPayments(api)
	documentStripe(api)
	documentRoles(api.OpenAPI().Components.Schemas.Map())
	documentDeeds(api.OpenAPI().Components.Schemas.Map())
}

// gives documents an answer that huma cannot know of.
func gives(api huma.API, op huma.Operation, status int, text, media string, v any) huma.Operation {
	schema := api.OpenAPI().Components.Schemas.Schema(reflect.TypeOf(v), true, "")
	r := op.Responses[strconv.Itoa(status)]
	if r == nil {
		r = &huma.Response{Description: text, Content: map[string]*huma.MediaType{}}
		op.Responses[strconv.Itoa(status)] = r
	}
	r.Content[media] = &huma.MediaType{Schema: schema}
	return op
}

// streams documents server-sent events, by the shape of each.
func streams(op huma.Operation, events ...any) huma.Operation {
	op.Responses["200"] = &huma.Response{Description: "The events, for as long as one listens", Content: map[string]*huma.MediaType{
		"text/event-stream": {Schema: &huma.Schema{Type: "object", Required: []string{"event", "data"}, Properties: map[string]*huma.Schema{
			"event": {Type: "string", Enum: events},
			"data":  {Type: "string", Description: "What is called so, as JSON"},
		}}},
	}}
	return op
}

// namePattern is [sale.Terms.Check]'s rule of a name, as ECMAScript writes it.
const namePattern = `^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*$`

// Terms is the body of a PUT, for the document.
type Terms struct {
	Quantity         int64  `json:"quantity" minimum:"1" maximum:"10000000"`
	Name             string `json:"name,omitempty,omitzero" maxLength:"200" doc:"Without control characters, line breaks or bidirectional overrides"`
	LimitPerUser     int64  `json:"limit_per_user,omitempty,omitzero" minimum:"1" maximum:"100" default:"1"`
	OrdersPerUser    int64  `json:"orders_per_user,omitempty,omitzero" minimum:"1" maximum:"1000" doc:"Orders that one user may have, those that were cancelled or expired included: limit_per_user or more; by default 20, or twice limit_per_user where that is more"`
	UnpaidPerAddress int64  `json:"unpaid_per_address,omitempty,omitzero" minimum:"1" maximum:"1000" doc:"Orders of buyers at one address, of IPv6 a /64, that may wait for payment; by default any number. It needs a payment_window"`
	Group            User   `json:"group,omitempty,omitzero" doc:"Only buyers in it are sold to, where it is known which groups a buyer is in; by default everybody"`
	OpensAt          string `json:"opens_at,omitempty,omitzero" format:"date-time"`
	ClosesAt         string `json:"closes_at,omitempty,omitzero" format:"date-time" doc:"After opens_at"`
	PaymentWindow    string `json:"payment_window,omitempty,omitzero" default:"0s" doc:"0s, or 10s to 168h"`
	Price            *Price `json:"price,omitempty,omitzero" doc:"Of a unit. An order keeps the one at which it was placed"`
	URL              string `json:"url,omitempty,omitzero" maxLength:"1000" doc:"http or https, without a user: where a buyer pays. The page adds product and order to its query"`
	ImageURL         string `json:"image_url,omitempty,omitzero" maxLength:"1000" doc:"http or https, without a user: what the buyer's page shows"`
}

// Buyer is the body of a buy, for the document.
type Buyer struct {
	UserID User `json:"user_id,omitempty,omitzero" doc:"Needed where buyers are not known; else it may be left out, and has to be theirs"`
}

// SignIn is the body of a sign-in, for the document.
type SignIn struct {
	Name  string `json:"name" doc:"Whose the token is; of the admin token it is admin"`
	Token string `json:"token"`
}

func putOperation(api huma.API) huma.Operation {
	op := operation("PUT", "/api/products/{id}", "put-product",
		"Put on sale, or change the terms: whole terms, a missing field is its default",
		termsRefused, changedMeanwhile, unavailable)
	op = gives(api, op, http.StatusCreated, "It is new", "application/json", Product{})
	return withBody(gives(api, op, http.StatusOK, "It was there before", "application/json", Product{}))
}

func switchOperation(name string) huma.Operation {
	fails := []kind{invalid, notFound, crossOrigin, changedMeanwhile, unavailable}
	if name == "archive" {
		fails = append(fails, notClosed)
	}
	return operation("POST", "/api/products/{id}/"+name, name+"-product", map[string]string{
		"pause": "Sell nothing until it is resumed", "resume": "Sell again", "close": "End the sale",
		"archive": "Leave a closed product out of the lists", "unarchive": "Have it in the lists again",
	}[name], fails...)
}

func deleteOperation() huma.Operation {
	return operation("DELETE", "/api/products/{id}", "delete-product",
		"Remove a closed product and its orders", invalid, notFound, crossOrigin, notClosed, moneyOwed, changedMeanwhile, unavailable)
}

func listOperation(api huma.API) huma.Operation {
	op := operation("GET", "/api/products/{id}/orders", "list-orders",
		"Its orders by number: a page as JSON, or all of them as CSV, where an id that a spreadsheet would run has a ' before it", invalid, notFound, unavailable)
	op = gives(api, op, http.StatusOK, "OK", "application/json", Orders{})
	return gives(api, op, http.StatusOK, "OK", "text/csv", "")
}

func productsOperation() huma.Operation {
	return operation("GET", "/api/products", "list-products", "Products, and how many there are of each kind", invalid, unavailable)
}

func productOperation() huma.Operation {
	return operation("GET", "/api/products/{id}", "get-product", "Terms, state and counts", invalid, notFound, unavailable)
}

func findOperation() huma.Operation {
	return operation("GET", "/api/orders/{order_id}", "get-order", "An order", invalid, notFound, unavailable)
}

const payOrder = "pay-order"

func payOperation() huma.Operation {
	return operation("POST", "/api/orders/{order_id}/pay", payOrder, "Play the payment of a placed order: only where there is no admin token, and in rehearsals",
		invalid, notFound, crossOrigin, paymentNeeded, orderFinal, unavailable, outcomeUnknown)
}

func cancelOperation() huma.Operation {
	return operation("POST", "/api/orders/{order_id}/cancel", "cancel-order", "Cancel a placed order that is to be paid",
		invalid, notFound, crossOrigin, orderFinal, unavailable, outcomeUnknown)
}

func sessionOperation() huma.Operation {
	return operation("GET", "/api/session", "get-session", "Who the caller is")
}

func signOutOperation() huma.Operation {
	return operation("DELETE", "/api/session", "sign-out", "Make the browser forget its session", crossOrigin)
}

func passOperation() huma.Operation {
	return withBody(operation("POST", "/api/pass", "get-pass",
		"A pass for whoever proves who they are, by a JWT, a trusted proxy, or a pass: it ends with that, or after --pass-life. Also as a cookie, HttpOnly and SameSite=Strict. Only where buyers are known (--buyer-auth). Where a challenge stands before it (--challenge) it buys if that was passed",
		unauthenticated, challengeFailed, unavailable))
}

func leaveOperation() huma.Operation {
	return operation("DELETE", "/api/pass", "forget-pass", "Make the browser forget its pass", crossOrigin)
}

func liveOperation() huma.Operation { return operation("GET", "/livez", "live", "The process runs") }

func readyOperation() huma.Operation {
	return operation("GET", "/readyz", readyID, "The process can sell. Operators are told what it lacks", unavailable)
}

func startedOperation() huma.Operation {
	return operation("GET", "/startupz", "started", "The process has been able to sell since its start", unavailable)
}

func documentOperation() huma.Operation {
	return operation("GET", "/openapi.json", "openapi", "This document")
}

func metricsOperation() huma.Operation {
	return operation("GET", metricsPath, metricsID, "For Prometheus", notFound)
}

func signInOperation() huma.Operation {
	return withBody(operation("POST", "/api/session", "sign-in", "A session cookie for a token", unauthorized, unavailable))
}

// nativeOperations are those of the routes that match knows.
func nativeOperations(api huma.API) []*huma.Operation {
	buy := withBody(operation("POST", "/api/products/{id}/orders", "buy", "Buy a unit", kindsThat(kind.answersABuy, kind.isProblem)...))
	buy.RequestBody = bodyOf(api, Buyer{})
	buy = gives(api, buy, http.StatusCreated, "Placed: no fault can undo it", "application/json", Order{})
	buy = gives(api, buy, http.StatusAccepted, "Queued: ask at Location", "application/json", Order{})
	buy = gives(api, buy, http.StatusOK, "The same Idempotency-Key again: the same order", "application/json", Order{})
	buy.Parameters = []*huma.Param{
		parameter("path", "id", idSchema()),
		parameter("header", "Idempotency-Key", &huma.Schema{Type: "string", Pattern: "^[ -~]{1,255}$"}),
		parameter("header", "Prefer", &huma.Schema{Type: "string", Description: "wait=N: how many seconds to wait for placed"}),
	}
	product := streams(operation("GET", "/api/products/{id}/events", watchProduct,
		"Its counters, at most 10 times a second, and for operators the newest orders: events product and orders",
		invalid, notFound, tooManyStreams, unavailable), "product", "orders")
	product.Parameters = []*huma.Param{parameter("path", "id", idSchema())}
	order := streams(operation("GET", "/api/orders/{order_id}/events", watchOrder,
		"The order whenever it changes: event order", invalid, notFound, tooManyStreams, unavailable), "order")
	order.Parameters = []*huma.Param{
		parameter("path", "order_id", &huma.Schema{Type: "string", Format: "uuid"}),
		parameter("query", "product", idSchema()), parameter("query", "user", userSchema()),
		parameter("query", "epoch", &huma.Schema{Type: "integer", Format: "int64", Minimum: new(float64)}),
	}
	rehearsal, payment := watchRehearsalOperation(api), receiveOperation(api)
	return []*huma.Operation{&buy, &product, &order, &rehearsal, &payment}
}

func parameter(in, name string, s *huma.Schema) *huma.Param {
	return &huma.Param{In: in, Name: name, Required: in == "path", Schema: s}
}

// An ID is the id of a product.
type ID string

// Schema implements huma.SchemaProvider.
func (ID) Schema(huma.Registry) *huma.Schema { return idSchema() }

// A User is the id of a user, or of a group of users.
type User string

// Schema implements huma.SchemaProvider.
func (User) Schema(huma.Registry) *huma.Schema { return userSchema() }

func userSchema() *huma.Schema {
	return &huma.Schema{Type: "string", Pattern: sale.UserPattern, PatternDescription: "1 to 120 characters of A-Z, a-z, 0-9 and . _ ~ : @ | / + = -"}
}

func idSchema() *huma.Schema {
	return &huma.Schema{Type: "string", Pattern: sale.IDPattern, PatternDescription: "1 to 64 characters of A-Z, a-z, 0-9, _ and -"}
}
