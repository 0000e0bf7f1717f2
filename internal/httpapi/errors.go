package httpapi

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/valyala/fasthttp"

	"seckill/internal/sale"
)

// A kind is what went wrong: an entry of the table kinds.
type kind uint8

const (
	malformed kind = iota
	unauthorized
	crossOrigin
	notOpen
	notFound
	methodNotAllowed
	timedOut
	alreadyBought
	orderLimit
	soldOut
	termsRefused
	changedMeanwhile
	notClosed
	orderFinal
	rehearsalRunning
	closed
	tooLarge
	notJSON
	wrongHost
	invalid
	rateLimited
	headersTooLarge
	internal
	paused
	unavailable
	outcomeUnknown
	kindCount
)

// kinds is the one table of errors: the problem types, as /problems/<name>. retry
// is in seconds; 0: asking again helps nobody.
var kinds = [kindCount]struct {
	name   string
	status int
	retry  int
	title  string
}{
	malformed:        {"malformed", 400, 0, "The request cannot be read"},
	unauthorized:     {"unauthorized", 401, 0, "Only for operators"},
	crossOrigin:      {"cross_origin", 403, 0, "Not from another site"},
	notOpen:          {"not_open", 403, 1, "Not open yet"},
	notFound:         {"not_found", 404, 0, "Not found"},
	methodNotAllowed: {"method_not_allowed", 405, 0, "Not with this method"},
	timedOut:         {"timed_out", 408, 0, "The request took too long to arrive"},
	alreadyBought:    {"already_bought", 409, 0, "Already bought"},
	orderLimit:       {"order_limit", 409, 0, "As many orders as one may have, ended ones included"},
	soldOut:          {"sold_out", 409, 0, "Sold out"},
	termsRefused:     {"terms_refused", 409, 0, "Quantity or limit is below what is held"},
	changedMeanwhile: {"changed_meanwhile", 409, 0, "Changed by somebody else meanwhile"},
	notClosed:        {"not_closed", 409, 0, "Only a closed product can be deleted"},
	orderFinal:       {"order_final", 409, 0, "The order is in a state that it cannot leave in this way"},
	rehearsalRunning: {"rehearsal_running", 409, 0, "A rehearsal is under way"},
	closed:           {"closed", 410, 0, "Closed"},
	tooLarge:         {"too_large", 413, 0, "More than 4 KiB"},
	notJSON:          {"not_json", 415, 0, "Content-Type must be application/json"},
	wrongHost:        {"wrong_host", 421, 0, "Not a name of this server"},
	invalid:          {"invalid", 422, 0, "Well-formed, and wrong"},
	rateLimited:      {"rate_limited", 429, 1, "Too many requests of this user"},
	headersTooLarge:  {"headers_too_large", 431, 0, "More header than fits"},
	internal:         {"internal", 500, 0, "Unexpected error"},
	paused:           {"paused", 503, 1, "Paused"},
	unavailable:      {"unavailable", 503, 1, "Not available at the moment"},
	outcomeUnknown:   {"outcome_unknown", 503, 1, "Unknown whether it happened: ask again, with the same key"},
}

// problemType is the media type of every error.
const problemType = "application/problem+json"

// A Problem is an error as it is sent (RFC 9457).
type Problem struct {
	Type    string            `json:"type" format:"uri-reference" doc:"What went wrong"`
	Title   string            `json:"title" doc:"The same in words"`
	Status  int               `json:"status" doc:"HTTP status"`
	Detail  string            `json:"detail,omitempty,omitzero" doc:"What is particular to this time"`
	Errors  []sale.FieldError `json:"errors,omitempty,omitzero" doc:"Which field broke which rule"`
	Order   *Order            `json:"order,omitempty,omitzero" doc:"order_final: the order it is about. Also already_bought, where there is no admin token"`
	OpensAt string            `json:"opens_at,omitempty,omitzero" format:"date-time" doc:"not_open: when it opens"`

	kind kind
}

func problem(k kind) *Problem {
	e := &kinds[k]
	p := &Problem{Type: "/problems/" + e.name, Title: e.title, Status: e.status, kind: k}
	if k == tooLarge { // wherever it is found out, it breaks the same rule
		p.Errors = []sale.FieldError{{Field: "body", Rule: "must be at most 4 KiB"}}
	}
	return p
}

// broken is the problem of one field that breaks a rule.
func broken(k kind, field, rule string) *Problem {
	p := problem(k)
	p.Errors = []sale.FieldError{{Field: field, Rule: rule}}
	return p
}

// Error implements error.
func (p *Problem) Error() string { return p.Title }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return problemType }

// GetHeaders implements huma.HeadersError.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if retry := kinds[p.kind].retry; retry > 0 {
		h.Set("Retry-After", strconv.Itoa(retry))
	}
	if p.kind == unauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	return h
}

// TransformSchema writes the table into the OpenAPI document.
func (p *Problem) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	types := s.Properties["type"]
	for k := range kindCount {
		types.Enum = append(types.Enum, problem(k).Type)
	}
	return s
}

func (p *Problem) body() []byte {
	b, err := json.Marshal(p)
	if err != nil {
		panic(err) // it is plain data
	}
	return b
}

// write answers a net/http request.
func (p *Problem) write(w http.ResponseWriter) {
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	_, _ = w.Write(p.body()) // who does not read the answer has gone
}

// send answers a fasthttp request.
func (p *Problem) send(ctx *fasthttp.RequestCtx) {
	for name, values := range p.GetHeaders() {
		ctx.Response.Header.Set(name, values[0])
	}
	ctx.SetStatusCode(p.Status)
	ctx.SetContentType(problemType)
	ctx.SetBody(p.body())
}

// causes are the kinds of package sale, as a caller gets to see them.
var causes = []struct {
	err  error
	kind kind
}{
	{sale.ErrNotFound, notFound},
	{sale.ErrTermsRefused, termsRefused},
	{sale.ErrChangedMeanwhile, changedMeanwhile},
	{sale.ErrFinal, orderFinal},
	{sale.ErrUnknownOutcome, outcomeUnknown},
	{sale.ErrNoGate, unavailable},
	{sale.ErrShut, unavailable},
	{sale.ErrFenced, unavailable},
	{sale.ErrFull, unavailable},
	{sale.ErrUnavailable, unavailable},
	{context.DeadlineExceeded, unavailable},
	{context.Canceled, unavailable},
}

// explain makes a problem of any error. One that nobody foresaw is logged here,
// and only here.
func (a *API) explain(err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	if fields, ok := errors.AsType[sale.Invalid](err); ok {
		p := problem(invalid)
		p.Errors = fields
		return p
	}
	if r, ok := errors.AsType[RehearsalRunning](err); ok {
		p := problem(rehearsalRunning)
		p.Detail = r.ID
		return p
	}
	for _, c := range causes {
		if errors.Is(err, c.err) {
			return problem(c.kind)
		}
	}
	a.Log.Error("unexpected error", "err", err)
	return problem(internal)
}

func init() { huma.NewError = fromHuma }

// fromHuma makes huma speak in problems of the table. What was sent is not sent
// back: it may be anything.
func fromHuma(status int, _ string, errs ...error) huma.StatusError {
	p := problem(internal)
	for k := range kindCount {
		if kinds[k].status == status {
			p = problem(k)
			break
		}
	}
	for _, err := range errs {
		if q, ok := errors.AsType[*Problem](err); ok {
			return q
		}
		if d, ok := errors.AsType[*huma.ErrorDetail](err); ok {
			part, field, _ := strings.Cut(d.Location, ".")
			if !sale.CheckID(field) { // the name of a parameter may be anything, too
				field = part
			}
			if !slices.ContainsFunc(p.Errors, func(e sale.FieldError) bool { return e.Field == field }) { // one rule is enough
				p.Errors = append(p.Errors, sale.FieldError{Field: field, Rule: inOurWords(d.Message)})
			}
		}
	}
	return p
}

var humaRule = regexp.MustCompile(`^expected (string to be|value to be|number) `)

// inOurWords is a rule as huma has it, as the rest of the code would say it.
func inOurWords(rule string) string {
	if rule == "invalid integer" {
		return "must be a whole number"
	}
	return humaRule.ReplaceAllLiteralString(rule, "must be ")
}
