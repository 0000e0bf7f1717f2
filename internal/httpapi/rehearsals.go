package httpapi

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/valyala/fasthttp"

	"seckill/internal/live"
	"seckill/internal/sale"
)

// Rehearsals runs rushes on products of the server's own.
type Rehearsals interface {
	// Begin begins one; by is the operator who wants it. Errors: sale.Invalid, RehearsalRunning, those of a
	// Merchant, ErrUnavailable.
	Begin(ctx context.Context, by string, plan RehearsalPlan) (Rehearsal, error)
	// All returns every one, the newest first, without timeline and verdict.
	All(ctx context.Context) ([]Rehearsal, error)
	// Find returns one. Errors: ErrNotFound, ErrUnavailable.
	Find(ctx context.Context, id string) (Rehearsal, error)
	// Remove makes one that has not ended end as cancelled, and removes another
	// with its product. Errors: ErrNotFound, those of a Merchant, ErrUnavailable.
	Remove(ctx context.Context, id, by string) error
	// Report writes the page of one whose rush is over. Errors: ErrNotFound, also
	// if there is none yet, ErrUnavailable.
	Report(ctx context.Context, id string, w io.Writer) error
}

// A RehearsalPlan says what to rehearse.
type RehearsalPlan struct {
	Buyers         int64
	Over           time.Duration
	Quantity       int64
	RepeatClickers int64 // percent
	Quitters       int64 // percent
}

// demo is the plan of whoever names none.
var demo = RehearsalPlan{Buyers: 10_000, Over: 5 * time.Second, Quantity: 100}

// RehearsalRunning is the error of a Begin while one runs.
type RehearsalRunning struct{ ID string }

func (r RehearsalRunning) Error() string { return r.ID + " is under way" }

type (
	rehearsalOutput  struct{ Body Rehearsal }
	rehearsalsOutput struct{ Body RehearsalList }
	begunOutput      struct {
		Location string `header:"Location"`
		Body     Rehearsal
	}
)

func (a *API) rehearsalRoutes(api huma.API) {
	huma.Register(api, beginOperation(), func(ctx context.Context, in *struct{ JSONBody }) (*begunOutput, error) {
		plan, err := readPlan(in.raw)
		if err != nil {
			return nil, a.explain(err)
		}
		r, err := a.Rehearsals.Begin(ctx, by(ctx), plan)
		return answer(a, &begunOutput{"/api/rehearsals/" + r.ID, r}, err)
	})
	huma.Register(api, rehearsalsOperation(), func(ctx context.Context, _ *struct{}) (*rehearsalsOutput, error) {
		all, err := a.Rehearsals.All(ctx)
		return answer(a, &rehearsalsOutput{RehearsalList{all}}, err)
	})
	huma.Register(api, rehearsalOperation(), func(ctx context.Context, in *ProductRef) (*rehearsalOutput, error) {
		r, err := a.Rehearsals.Find(ctx, string(in.ID))
		return answer(a, &rehearsalOutput{r}, err)
	})
	huma.Register(api, removeOperation(), func(ctx context.Context, in *ProductRef) (*struct{}, error) {
		ctx, cancel := context.WithTimeout(ctx, 2*putTimeout) // it is closed, and deleted
		defer cancel()
		err := a.Rehearsals.Remove(ctx, string(in.ID), by(ctx))
		if errors.Is(err, sale.ErrTermsRefused) { // its product is closed by then: somebody has told of a payment
			err = a.unlessOwed(ctx, string(in.ID), err)
		}
		return answer(a, &struct{}{}, err)
	})
	huma.Register(api, reportOperation(api), a.report)
}

// report sends the page; its style is within it, and it has no scripts.
func (a *API) report(ctx context.Context, in *ProductRef) (*huma.StreamResponse, error) {
	var page bytes.Buffer
	if err := a.Rehearsals.Report(ctx, string(in.ID), &page); err != nil {
		return nil, a.explain(err)
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		_, w := humago.Unwrap(c)
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'")
		h.Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write(page.Bytes()) // who does not read the answer has gone
	}}, nil
}

// rehearsalEvents streams a rehearsal, to operators.
func (a *API) rehearsalEvents(ctx *fasthttp.RequestCtx, raw []byte) {
	shown := a.shownBy(ctx, watchRehearsal)
	if _, p := a.operator(a.ctx, shown, watchRehearsal); p != nil {
		p.send(ctx)
		return
	}
	id, err := url.PathUnescape(string(raw))
	if err != nil || !sale.CheckID(id) {
		broken(invalid, sale.RuleID.Of("id")).send(ctx)
		return
	}
	if _, err := a.Rehearsals.Find(a.ctx, id); err != nil {
		a.explain(err).send(ctx)
		return
	}
	a.stream(ctx, &stream{still: a.still(shown, watchRehearsal)}, func(ring func()) []*live.Watcher {
		return []*live.Watcher{a.Hub.Watch(id, "rehearsal", func() live.Build { return a.watchRehearsal(id) }, ring)}
	})
}

func (a *API) watchRehearsal(id string) live.Build {
	var last []byte
	return func(ctx context.Context) (live.Frame, live.Word) {
		ctx, cancel := ask(ctx)
		defer cancel()
		r, err := a.Rehearsals.Find(ctx, id)
		if err != nil {
			return away(err)
		}
		frame := event("rehearsal", &r)
		if bytes.Equal(frame, last) {
			return live.Frame{}, live.Same
		}
		last = frame
		return live.Frame{Whole: frame, News: frame}, live.News
	}
}

// readPlan reads the body of a begin; a missing field is that of the demo.
func readPlan(body []byte) (RehearsalPlan, error) {
	p := demo
	err := readObject(body,
		numberField("buyers", &p.Buyers),
		durationField("over", &p.Over),
		numberField("quantity", &p.Quantity),
		numberField("repeat_clickers", &p.RepeatClickers),
		numberField("quitters", &p.Quitters))
	return p, err
}

// numberField reads a whole number whose bounds somebody else knows.
func numberField(name string, to *int64) field {
	return field{name: name, read: func(v jsontext.Value) sale.FieldError {
		n, err := strconv.ParseInt(string(v), 10, 32)
		if err != nil {
			return sale.RuleWhole.Of(name)
		}
		*to = n
		return fine
	}}
}

func beginOperation() huma.Operation {
	op := withBody(operation("POST", "/api/rehearsals", "begin-rehearsal",
		"Let buyers at a product of the server's own; a missing field is that of the demo",
		rehearsalRunning, changedMeanwhile, unavailable))
	op.DefaultStatus = http.StatusCreated
	return op
}

func rehearsalsOperation() huma.Operation {
	return operation("GET", "/api/rehearsals", "list-rehearsals", "All rehearsals, the newest first", unavailable)
}

func rehearsalOperation() huma.Operation {
	return operation("GET", "/api/rehearsals/{id}", "get-rehearsal",
		"A rehearsal; with timeline and verdict once it has them", invalid, notFound, unavailable)
}

func removeOperation() huma.Operation {
	return operation("DELETE", "/api/rehearsals/{id}", "remove-rehearsal",
		"Stop one that has not ended: it is cancelled within seconds. Or remove one that has, with its product",
		invalid, notFound, crossOrigin, changedMeanwhile, moneyOwed, unavailable)
}

func reportOperation(api huma.API) huma.Operation {
	return gives(api, operation("GET", "/api/rehearsals/{id}/report", "get-rehearsal-report",
		"The report of its rush, as one page that needs nothing else", invalid, notFound, unavailable), http.StatusOK, "OK", "text/html", "")
}

func watchRehearsalOperation(api huma.API) huma.Operation {
	op := gives(api, operation("GET", "/api/rehearsals/{id}/events", watchRehearsal,
		"The rehearsal whenever it changes, at most 10 times a second: event rehearsal", invalid, notFound, tooManyStreams, unavailable),
		http.StatusOK, "OK", "text/event-stream", "")
	op.Parameters = []*huma.Param{parameter("path", "id", idSchema())}
	return op
}

// A Rehearsal is one as it is sent.
type Rehearsal struct {
	ID             string           `json:"id" doc:"Also that of its product"`
	State          string           `json:"state" enum:"running,verifying,done,failed,cancelled"`
	Failure        string           `json:"failure,omitempty,omitzero" enum:"ended_early,unreadable,not_on_sale,no_rush,not_judged,product_unread,given_up" doc:"failed: why, where it is one of these"`
	Reason         string           `json:"reason,omitempty,omitzero" doc:"failed: why, in a sentence"`
	Buyers         int64            `json:"buyers"`
	Over           string           `json:"over"`
	Quantity       int64            `json:"quantity"`
	RepeatClickers int64            `json:"repeat_clickers" doc:"Percent of the buyers"`
	Quitters       int64            `json:"quitters" doc:"Percent of the buyers"`
	PaymentWindow  string           `json:"payment_window,omitempty,omitzero" doc:"With quitters"`
	StartedAt      string           `json:"started_at,omitempty,omitzero" format:"date-time"`
	EndedAt        string           `json:"ended_at,omitempty,omitzero" format:"date-time"`
	ElapsedS       float64          `json:"elapsed_s" doc:"Of the rush, in seconds"`
	Sent           int64            `json:"sent" doc:"Buyers whose order was sent"`
	Answered       int64            `json:"answered"`
	Errors         int64            `json:"errors" doc:"Of answered, those with no right answer"`
	Answers        map[string]int64 `json:"answers" doc:"answered, by kind"`
	Placed         int64            `json:"placed" doc:"Orders, whichever click brought them"`
	Repeats        map[string]int64 `json:"repeats,omitempty,omitzero" doc:"Second clicks, by how they were answered"`
	Paid           int64            `json:"paid,omitempty,omitzero"`
	Quit           int64            `json:"quit,omitempty,omitzero" doc:"Placed, and let the payment window pass"`
	Unpaid         int64            `json:"unpaid,omitempty,omitzero" doc:"Placed, and could not pay"`
	Expired        int64            `json:"expired,omitempty,omitzero" doc:"Units that came free again"`
	Latency        Latency          `json:"latency" doc:"From the moment when a buyer was to come to their answer"`
	Oversold       *int64           `json:"oversold,omitempty,omitzero" doc:"Once judged: units held above the quantity"`
	Findings       *int             `json:"findings,omitempty,omitzero" doc:"Once judged: how many"`
	Report         bool             `json:"report" doc:"There is one of the rush"`
	Timeline       *Timeline        `json:"timeline,omitempty,omitzero"`
	Verdict        *AuditReport     `json:"verdict,omitempty,omitzero"`
}

// RehearsalList is all rehearsals.
type RehearsalList struct {
	Rehearsals []Rehearsal `json:"rehearsals" nullable:"false"`
}

// Latency is a distribution of times in milliseconds.
type Latency struct {
	Count  int64   `json:"count"`
	MeanMS float64 `json:"mean_ms"`
	P50MS  float64 `json:"p50_ms"`
	P90MS  float64 `json:"p90_ms"`
	P99MS  float64 `json:"p99_ms"`
	P999MS float64 `json:"p99_9_ms"`
	MaxMS  float64 `json:"max_ms"`
}

// A Timeline is answers by when they came.
type Timeline struct {
	CellS float64            `json:"cell_s" doc:"Cell i spans [i, i+1) times so many seconds from the start"`
	Cells []map[string]int64 `json:"cells" nullable:"false" doc:"Answers by kind; 400 cells at most"`
}

// RehearsalBody is the body of a begin, for the document.
type RehearsalBody struct {
	Buyers         int64  `json:"buyers,omitempty,omitzero" minimum:"1" maximum:"100000" default:"10000"`
	Over           string `json:"over,omitempty,omitzero" default:"5s" doc:"1s to 60s"`
	Quantity       int64  `json:"quantity,omitempty,omitzero" minimum:"1" maximum:"100000" default:"100"`
	RepeatClickers int64  `json:"repeat_clickers,omitempty,omitzero" minimum:"0" maximum:"100" doc:"Percent of the buyers: each clicks again 100 ms later"`
	Quitters       int64  `json:"quitters,omitempty,omitzero" minimum:"0" maximum:"100" doc:"Percent of the buyers: they let the payment window of 10s pass, and all others pay"`
}
