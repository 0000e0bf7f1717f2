package httpapi

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"seckill/internal/sale"
)

// A drill is rehearsals that only say what they were asked for. There is one,
// whose id is 1, for whoever asks.
type drill struct {
	mu      sync.Mutex
	plan    RehearsalPlan
	begun   int
	removed []string
	by      string
	fails   error
	sent    int64
	gone    bool
}

func (d *drill) set(change func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change()
}

func (d *drill) is() Rehearsal {
	zero, none := int64(0), 0
	return Rehearsal{ID: "1", State: "running", Buyers: d.plan.Buyers, Over: d.plan.Over.String(), Quantity: d.plan.Quantity,
		RepeatClickers: d.plan.RepeatClickers, Quitters: d.plan.Quitters, Sent: d.sent, Oversold: &zero, Findings: &none}
}

func (d *drill) Begin(_ context.Context, by string, plan RehearsalPlan) (Rehearsal, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fails != nil {
		return Rehearsal{}, d.fails
	}
	d.plan, d.by = plan, by
	d.begun++
	return d.is(), nil
}

func (d *drill) All(context.Context) ([]Rehearsal, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return []Rehearsal{d.is()}, d.fails
}

func (d *drill) Find(_ context.Context, id string) (Rehearsal, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if id != "1" || d.gone {
		return Rehearsal{}, sale.ErrNotFound
	}
	return d.is(), d.fails
}

func (d *drill) Remove(ctx context.Context, id, _ string) error {
	_, err := d.Find(ctx, id)
	d.removed = append(d.removed, id)
	return err
}

func (d *drill) Report(ctx context.Context, id string, w io.Writer) error {
	_, err := d.Find(ctx, id)
	_, _ = io.WriteString(w, "<!doctype html>report")
	return err
}

func (s *shop) judge(context.Context) (AuditReport, error) {
	return AuditReport{JudgedAt: sale.FormatTime(start), Orders: 7, Checks: []Check{{Invariant: "quantity", Words: "held <= quantity", Numbers: []Number{{"held", 7}}, Holds: true}}}, s.cannot
}

func (s *shop) figures(context.Context) Figures {
	return Figures{Process: "here/1", AnswersPerS: map[string]float64{"placed": 1.5}}
}

func TestBeginARehearsal(t *testing.T) {
	s := serve(t)
	r := s.do(t, "POST", "/api/rehearsals", `{}`).want(t, 201)
	var got Rehearsal
	r.json(t, &got)
	if got.Buyers != 10_000 || got.Over != "5s" || got.Quantity != 100 || s.drill.plan.Quitters != 0 || r.header("Location") != "/api/rehearsals/1" {
		t.Errorf("%s", r.body)
	}
	s.do(t, "POST", "/api/rehearsals", `{"buyers":7,"over":"2s","quantity":3,"repeat_clickers":20,"quitters":10}`).want(t, 201)
	if want := (RehearsalPlan{7, 2 * time.Second, 3, 20, 10}); s.drill.plan != want {
		t.Errorf("%+v", s.drill.plan)
	}
}

func TestRehearsalsThatAreWrong(t *testing.T) {
	const wholeRule = "must be a whole number"
	s := serve(t)
	for body, rule := range map[string]sale.FieldError{
		`{"buyers":1.5}`:          {Field: "buyers", Rule: wholeRule},
		`{"buyers":"5"}`:          {Field: "buyers", Rule: wholeRule},
		`{"buyers":null}`:         {Field: "buyers", Rule: wholeRule},
		`{"buyers":1e309}`:        {Field: "buyers", Rule: wholeRule},
		`{"quantity":true}`:       {Field: "quantity", Rule: wholeRule},
		`{"quitters":[]}`:         {Field: "quitters", Rule: wholeRule},
		`{"over":5}`:              {Field: "over", Rule: durationRule},
		`{"over":"soon"}`:         {Field: "over", Rule: durationRule},
		`{"Buyers":5}`:            {Field: "Buyers", Rule: "must be written buyers"},
		`{"buyers":5,"buyers":5}`: {Field: "buyers", Rule: onceRule},
		`{"price":5}`:             {Field: "price", Rule: unknownRule},
		`[]`:                      {Field: "body", Rule: objectRule},
	} {
		p := s.do(t, "POST", "/api/rehearsals", body).problem(t, invalid)
		p.broke(t, rule.Field, rule.Rule)
	}
	s.do(t, "POST", "/api/rehearsals", `{`).problem(t, malformed)
	s.do(t, "POST", "/api/rehearsals", `{}`, "Content-Type", "text/plain").problem(t, notJSON)
	s.do(t, "POST", "/api/rehearsals", `{}`, "Origin", "http://elsewhere.example").problem(t, crossOrigin)
	if s.drill.begun > 0 {
		t.Error("one began all the same")
	}
	s.drill.fails = RehearsalRunning{"rehearsal-9"}
	if p := s.do(t, "POST", "/api/rehearsals", `{}`).problem(t, rehearsalRunning); p.Detail != "rehearsal-9" {
		t.Errorf("%+v", p)
	}
	s.drill.fails = sale.Invalid{sale.RuleRange.Of("over", "1s", "60s")}
	p := s.do(t, "POST", "/api/rehearsals", `{}`).problem(t, invalid)
	p.broke(t, "over", "must be 1s to 60s")
	s.drill.fails = fmt.Errorf("store: %w", sale.ErrUnavailable)
	s.do(t, "POST", "/api/rehearsals", `{}`).problem(t, unavailable)
}

func TestRehearsalsAreRead(t *testing.T) {
	s := serve(t)
	var all RehearsalList
	s.do(t, "GET", "/api/rehearsals", "").want(t, 200).json(t, &all)
	var one Rehearsal
	s.do(t, "GET", "/api/rehearsals/1", "").want(t, 200).json(t, &one)
	if len(all.Rehearsals) != 1 || one.ID != "1" || *one.Findings != 0 || *one.Oversold != 0 {
		t.Errorf("%+v, %+v", all, one)
	}
	page := s.do(t, "GET", "/api/rehearsals/1/report", "", "Accept", "text/html").want(t, 200)
	if !strings.HasPrefix(page.header("Content-Type"), "text/html") || !strings.Contains(page.header("Content-Security-Policy"), "default-src 'none'") ||
		page.body != "<!doctype html>report" {
		t.Errorf("%v %s", page.Header, page.body)
	}
	s.do(t, "DELETE", "/api/rehearsals/1", "").want(t, 204)
	for _, path := range []string{"/api/rehearsals/2", "/api/rehearsals/2/report", "/api/rehearsals/2/events"} {
		s.do(t, "GET", path, "").problem(t, notFound)
	}
	s.do(t, "DELETE", "/api/rehearsals/2", "").problem(t, notFound)
	s.do(t, "GET", "/api/rehearsals/%7B/events", "").problem(t, invalid)
}

func TestRehearsalEvents(t *testing.T) {
	s := serve(t)
	e := s.watch(t, "/api/rehearsals/1/events")
	var r Rehearsal
	if name := e.next(t, &r); name != "rehearsal" || r.ID != "1" || r.Sent != 0 {
		t.Fatalf("%s %+v", name, r)
	}
	s.drill.set(func() { s.drill.sent = 5 })
	s.hub.Wake("1")
	if name := e.next(t, &r); name != "rehearsal" || r.Sent != 5 {
		t.Fatalf("%s %+v", name, r)
	}
	s.drill.set(func() { s.drill.gone = true })
	s.hub.Wake("1")
	if name := e.next(t, &r); name != "" {
		t.Errorf("one that is gone still says %s", name)
	}
}

func TestVerdictAndFigures(t *testing.T) {
	s := serve(t)
	r := s.do(t, "POST", "/api/verify", "").want(t, 200)
	var v AuditReport
	r.json(t, &v)
	if v.Orders != 7 || !v.Checks[0].Holds || !strings.Contains(r.body, `"findings":[]`) {
		t.Errorf("%s", r.body)
	}
	s.cannot = fmt.Errorf("%w: the store is away", sale.ErrUnavailable)
	if p := s.do(t, "POST", "/api/verify", "").problem(t, notJudged); !strings.Contains(p.Detail, "the store is away") || p.Reason != "unreachable" {
		t.Errorf("%+v", p)
	}
	var f Figures
	s.do(t, "GET", "/api/figures", "").want(t, 200).json(t, &f)
	if f.Process != "here/1" || f.AnswersPerS["placed"] != 1.5 || f.Records != nil {
		t.Errorf("%+v", f)
	}
}

func TestRehearsalsAreForOperators(t *testing.T) {
	s := serve(t, func(s *shop, c *Config) { c.Auth = s.operators("token") })
	for _, route := range []string{
		"POST /api/rehearsals", "GET /api/rehearsals", "GET /api/rehearsals/1", "DELETE /api/rehearsals/1",
		"GET /api/rehearsals/1/report", "HEAD /api/rehearsals/1/events", "POST /api/verify", "GET /api/figures",
	} {
		method, path, _ := strings.Cut(route, " ")
		r := s.do(t, method, path, "")
		if r.StatusCode != 401 {
			t.Errorf("%s: %d", route, r.StatusCode)
		}
		if r := s.do(t, method, path, "", "Authorization", "Bearer token"); r.StatusCode == 401 {
			t.Errorf("%s, by an operator: %d", route, r.StatusCode)
		}
	}
}

// A payment of a rehearsal's product that is owed back keeps both, as it does elsewhere.
func TestARehearsalThatOwesMoney(t *testing.T) {
	s := serve(t)
	priced(t, s)
	s.drill.fails = sale.ErrTermsRefused
	s.do(t, "DELETE", "/api/rehearsals/1", "").problem(t, termsRefused)
	s.do(t, "POST", "/api/payments", pays("m", nobody, 5)).want(t, 200)
	s.do(t, "DELETE", "/api/rehearsals/1", "").problem(t, moneyOwed)
}
