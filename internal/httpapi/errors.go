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

// problemType is the media type of every error.
const problemType = "application/problem+json"

// A Problem is an error as it is sent (RFC 9457).
type Problem struct {
	Type    string            `json:"type" format:"uri-reference" doc:"What went wrong"`
	Title   string            `json:"title" doc:"The same in words"`
	Status  int               `json:"status" doc:"HTTP status"`
	Detail  string            `json:"detail,omitempty,omitzero" doc:"What is particular to this time"`
	Reason  string            `json:"reason,omitempty,omitzero" enum:"gates_away,store_behind,unreachable" doc:"not_judged: why, by a name that stays the same"`
	Errors  []sale.FieldError `json:"errors,omitempty,omitzero" nullable:"false" doc:"Which field broke which rule"`
	Order   *Order            `json:"order,omitempty,omitzero" doc:"order_final: the order it is about. Also already_bought, where buyers are known or there is no admin token"`
	OpensAt string            `json:"opens_at,omitempty,omitzero" format:"date-time" doc:"not_open: when it opens"`

	kind kind
}

func problem(k kind) *Problem {
	e := &kinds[k]
	p := &Problem{Type: "/problems/" + e.code, Title: e.title, Status: e.status, kind: k}
	if k == tooLarge { // wherever it is found out, it breaks the same rule
		p.Errors = []sale.FieldError{sale.RuleSize.Of("body", "4 KiB")}
	}
	return p
}

// broken is the problem of one field that breaks a rule.
func broken(k kind, field sale.FieldError) *Problem {
	p := problem(k)
	p.Errors = []sale.FieldError{field}
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
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	return h
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
	guard(ctx)
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
	{sale.ErrTaken, nameTaken},
	{sale.ErrOtherPayment, paymentConflict},
	{sale.ErrNotOwed, notOwed},
	{sale.ErrUnknownOutcome, outcomeUnknown},
	{sale.ErrNoGate, unavailable},
	{sale.ErrShut, unavailable},
	{sale.ErrFenced, unavailable},
	{sale.ErrFull, unavailable},
	{sale.ErrUnavailable, unavailable},
	{context.DeadlineExceeded, unavailable},
	{context.Canceled, unavailable},
}

// explain makes a problem of any error. One that nobody foresaw is logged here and in
// explainTo, and nowhere else.
func (a *API) explain(err error) *Problem {
	p := foreseen(err)
	if p == nil {
		a.Log.Error("unexpected error", "err", err)
		return problem(internal)
	}
	return p
}

// explainTo explains it to who has sent this request.
func (a *API) explainTo(ctx *fasthttp.RequestCtx, err error) *Problem {
	p := foreseen(err)
	if p == nil {
		a.unexpected(ctx, "unexpected error", "err", err)
		return problem(internal)
	}
	return p
}

func foreseen(err error) *Problem {
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
	return nil
}

func init() { huma.NewError = fromHuma }

// fromHuma makes huma speak in problems of the table. What was sent is not sent
// back: it may be anything.
func fromHuma(status int, _ string, errs ...error) huma.StatusError {
	p := problem(internal)
	for k := range kindCount {
		if kinds[k].status == status && kinds[k].refuses == 0 && k.isProblem() {
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
				p.Errors = append(p.Errors, inOurWords(field, d.Message))
			}
		}
	}
	return p
}

var humaRule = regexp.MustCompile(`^expected (string to be|value to be|number) `)

// inOurWords is a rule as huma has it, as the rest of the code would say it.
func inOurWords(field, rule string) sale.FieldError {
	if rule == "invalid integer" {
		return sale.RuleWhole.Of(field)
	}
	return sale.RuleSchema.Of(field, humaRule.ReplaceAllLiteralString(rule, "must be "))
}
