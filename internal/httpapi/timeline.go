package httpapi

import (
	"context"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"seckill/internal/auth"
	"seckill/internal/sale"
)

// A SaleTimeline is how a sale went, from its beginning.
type SaleTimeline struct {
	Answers []AnsweredStretch `json:"answers" nullable:"false" doc:"By time, and 200 at most: what is long ago and steady is told in longer stretches. Between them nobody was answered"`
	Latency WindowLatency     `json:"latency" doc:"Of those answers"`
	Placed  []PlacedMark      `json:"placed" nullable:"false" doc:"Some of its orders, evenly by number, the first, the last and that of the last unit among them: so many were placed by then"`
	Judged  *Judged           `json:"judged,omitempty,omitzero" doc:"By a link to share: what the audit said as it was made"`
}

// An AnsweredStretch is what buyers were answered in one stretch of time.
type AnsweredStretch struct {
	From    string           `json:"from" format:"date-time"`
	To      string           `json:"to" format:"date-time"`
	Answers map[string]int64 `json:"answers" doc:"Answers to buys, by all processes: placed, queued, again, or the name of a problem"`
}

// A PlacedMark is when one order was placed.
type PlacedMark struct {
	Number int64  `json:"number" doc:"1 to n in its product"`
	At     string `json:"at" format:"date-time"`
}

// Judged is an audit in short.
type Judged struct {
	At       string `json:"at" format:"date-time"`
	Findings int64  `json:"findings"`
}

// A ShareLink shows one sale's timeline to whoever has it.
type ShareLink struct {
	Share  string `json:"share" doc:"The parameter of the timeline, and of the page /products/{id}"`
	Until  string `json:"until" format:"date-time" doc:"It ends by itself, and with the admin token"`
	Judged Judged `json:"judged"`
}

// Answered is how a sale's buyers were answered, without its orders.
type Answered struct {
	Answers []AnsweredStretch
	Latency WindowLatency
}

const (
	// shareLife is how long a link to share is good for.
	shareLife = 30 * 24 * time.Hour
	// marks is how many orders a timeline names, the one of the last unit aside.
	marks = 49
)

type (
	timelineInput struct {
		ProductRef
		Share string `query:"share" minLength:"1" maxLength:"200" doc:"Of a link that an operator made"`
	}
	timelineOutput struct{ Body SaleTimeline }
	shareOutput    struct{ Body ShareLink }
)

func (a *API) timelineRoutes(api huma.API) {
	huma.Register(api, timelineOperation(), func(ctx context.Context, in *timelineInput) (*timelineOutput, error) {
		t, err := a.timeline(ctx, string(in.ID), in.Share)
		return answer(a, &timelineOutput{t}, err)
	})
	huma.Register(api, shareOperation(), func(ctx context.Context, in *ProductRef) (*shareOutput, error) {
		l, err := a.share(ctx, string(in.ID))
		return answer(a, &shareOutput{l}, err)
	})
}

// timeline is for operators, and for who has a link.
func (a *API) timeline(ctx context.Context, id, link string) (t SaleTimeline, err error) {
	a.awaitStore(ctx)
	if link != "" {
		if t.Judged, err = a.sharedBy(ctx, link, id); err != nil {
			return t, err
		}
	}
	if _, operates := ctx.Value(operatorKey{}).(auth.Operator); !operates && t.Judged == nil {
		return t, problem(unauthorized)
	}
	p, err := a.product(ctx, id)
	if err != nil {
		return t, err
	}
	t.Placed = []PlacedMark{}
	for _, number := range markNumbers(p.LastNumber, p.Terms.Quantity) {
		o, err := a.numbered(ctx, id, number)
		if err != nil {
			return t, err
		}
		t.Placed = append(t.Placed, PlacedMark{number, sale.FormatTime(o.PlacedAt)})
	}
	answered, err := a.Answered(ctx, id)
	t.Answers, t.Latency = answered.Answers, answered.Latency
	return t, err
}

// numbered is the order of this number, of a product that had it a moment ago.
func (a *API) numbered(ctx context.Context, id string, number int64) (sale.Order, error) {
	orders, err := a.Store.List(ctx, sale.Query{Product: id, After: number - 1, Limit: 1})
	if err == nil && len(orders) == 0 {
		err = sale.ErrNotFound // it was deleted meanwhile
	}
	if err != nil {
		return sale.Order{}, err
	}
	return orders[0], nil
}

// markNumbers are at most marks of 1 to last, evenly, and that of the last unit.
func markNumbers(last, unit int64) (numbers []int64) {
	n := min(last, marks)
	before := int64(0)
	for i := range n {
		number := last
		if i < n-1 {
			number = 1 + i*(last-1)/(n-1)
		}
		if before < unit && unit < number {
			numbers = append(numbers, unit)
		}
		numbers, before = append(numbers, number), number
	}
	return numbers
}

// share judges the sale, and makes a link that says what came of it.
func (a *API) share(ctx context.Context, id string) (l ShareLink, err error) {
	a.awaitStore(ctx)
	purpose, err := a.shareOf(ctx, id)
	if err != nil {
		return l, err
	}
	report, err := a.audited(ctx)
	if err != nil {
		return l, err
	}
	for _, f := range report.Findings {
		if f.Product == "" || f.Product == id {
			l.Judged.Findings++
		}
	}
	until := a.Now().Add(shareLife).Truncate(time.Second)
	l.Until, l.Judged.At = sale.FormatTime(until), report.JudgedAt
	l.Share = a.Auth.Stamp(purpose, fmt.Sprintf("%d_%d_%s", until.Unix(), l.Judged.Findings, l.Judged.At))
	return l, nil
}

// shareOf is what a link to share is good for. Another sale that gets the product's id later is not it.
func (a *API) shareOf(ctx context.Context, id string) (string, error) {
	p, err := a.product(ctx, id)
	if err != nil {
		return "", err
	}
	var first sale.Order
	if p.LastNumber > 0 {
		first, err = a.numbered(ctx, id, 1)
	}
	return "share " + id + " " + first.ID.String(), err
}

// sharedBy is what a link to share says, nil if it is none.
func (a *API) sharedBy(ctx context.Context, link, id string) (*Judged, error) {
	purpose, err := a.shareOf(ctx, id)
	if err != nil {
		return nil, err
	}
	text, good := a.Auth.Stamped(purpose, link)
	var until int64
	var j Judged
	if _, err := fmt.Sscanf(text, "%d_%d_%s", &until, &j.Findings, &j.At); err != nil || !good || a.Now().Unix() >= until {
		return nil, nil
	}
	return &j, nil
}

func timelineOperation() huma.Operation {
	return operation("GET", "/api/products/{id}/timeline", "get-timeline",
		"How a sale went from its beginning: answers, orders and latency. For operators, and for who has a link to share", invalid, notFound, unauthorized, unavailable)
}

func shareOperation() huma.Operation {
	return operation("POST", "/api/products/{id}/share", "share-timeline",
		"Judge the sale, and make a link that shows its timeline to whoever has it, for 30 days", invalid, notFound, crossOrigin, notJudged, unavailable)
}
