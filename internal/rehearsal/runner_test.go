package rehearsal_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"seckill/internal/rehearsal"
	"seckill/internal/rush"
	"seckill/internal/sale"
)

var small = rehearsal.Plan{Buyers: 100, Over: time.Second, Quantity: 10}

func (s *shop) begin(runner *rehearsal.Runner, plan rehearsal.Plan) rehearsal.Rehearsal {
	s.t.Helper()
	r, err := runner.Begin(s.t.Context(), "ann", plan)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// until waits for a rehearsal to be as it should.
func (s *shop) until(runner *rehearsal.Runner, id string, is func(rehearsal.Rehearsal) bool) (rehearsal.Rehearsal, *rush.Report) {
	s.t.Helper()
	for {
		r, report, err := runner.Find(s.t.Context(), id)
		if err != nil {
			s.t.Fatal(err)
		}
		if is(r) {
			return r, report
		}
		select {
		case <-s.news:
		case <-time.After(time.Second): // what another process does makes no news here
		}
	}
}

func ended(r rehearsal.Rehearsal) bool { return r.State.Ended() }

// Orders count, by whichever click they came.
func TestSecondClicksThatOvertakeTheFirst(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.overtake = map[string]chan struct{}{}
	runner := s.runner()
	begun := s.begin(runner, rehearsal.Plan{Buyers: 20, Over: time.Second, Quantity: 10, RepeatClickers: 100})
	r, _ := s.until(runner, begun.ID, ended)
	if r.Placed != 10 || r.Rush.Repeats[rush.Placed] != 10 || r.Rush.Answers[rush.AlreadyBought] != 10 {
		t.Errorf("%+v", r)
	}
}

func TestARehearsalFromBeginToRemove(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	release := s.hold()
	runner := s.runner()
	plan := small
	plan.RepeatClickers = 100
	begun := s.begin(runner, plan)
	if p, err := s.Product(t.Context(), begun.ID); err != nil || !p.Terms.Rehearsal || p.Terms.Quantity != 10 || p.Terms.ClosesAt.IsZero() || !strings.HasPrefix(begun.ID, sale.RehearsalPrefix) {
		t.Errorf("%+v, %v", p, err)
	}
	if r, _, err := runner.Find(t.Context(), begun.ID); err != nil || r.State != rehearsal.Running || r.Plan != plan {
		t.Errorf("%+v, %v", r, err)
	}
	release()
	r, report := s.until(runner, begun.ID, ended)
	if r.State != rehearsal.Done || r.Placed != 10 || r.Rush.Answers[rush.SoldOut] != 90 || r.Rush.Errors != 0 ||
		r.Rush.Repeats[rush.AlreadyBought]+r.Rush.Repeats[rush.Placed] != 10 || !r.Audited || r.Audit.Findings != 0 || r.Oversold != 0 || r.EndedAt.Before(r.StartedAt) {
		t.Errorf("%+v", r)
	}
	if !r.Reported || report == nil || report.Count(rush.SoldOut) != 90 || report.Product != begun.ID {
		t.Errorf("report: %+v", report)
	}
	if p, _ := s.Product(t.Context(), begun.ID); !p.Terms.Closed {
		t.Error("its product is still on sale")
	}
	elsewhere := s.runner()
	if all, err := elsewhere.All(t.Context()); err != nil || len(all) != 1 || all[0].State != rehearsal.Done {
		t.Errorf("in another process: %+v, %v", all, err)
	}
	if err := elsewhere.Remove(t.Context(), begun.ID, "bob"); err != nil {
		t.Error(err)
	}
	_, err := s.Product(t.Context(), begun.ID)
	if _, _, err2 := runner.Find(t.Context(), begun.ID); !errors.Is(err, sale.ErrNotFound) || !errors.Is(err2, sale.ErrNotFound) {
		t.Errorf("removed: product %v, rehearsal %v", err, err2)
	}
}

func TestPlansThatBreakARule(t *testing.T) {
	s := newShop(t)
	runner := s.runner()
	for field, breaks := range map[string][]func(*rehearsal.Plan){
		"buyers":          {func(p *rehearsal.Plan) { p.Buyers = 0 }, func(p *rehearsal.Plan) { p.Buyers = 100_001 }},
		"over":            {func(p *rehearsal.Plan) { p.Over = 0 }, func(p *rehearsal.Plan) { p.Over = time.Minute + 1 }},
		"quantity":        {func(p *rehearsal.Plan) { p.Quantity = 0 }, func(p *rehearsal.Plan) { p.Quantity = 100_001 }},
		"repeat_clickers": {func(p *rehearsal.Plan) { p.RepeatClickers = -1 }, func(p *rehearsal.Plan) { p.RepeatClickers = 101 }},
		"quitters":        {func(p *rehearsal.Plan) { p.Quitters = -1 }, func(p *rehearsal.Plan) { p.Quitters = 101 }},
	} {
		for _, breaks := range breaks {
			plan := small
			breaks(&plan)
			_, err := runner.Begin(t.Context(), "ann", plan)
			if bad, ok := errors.AsType[sale.Invalid](err); !ok || len(bad) != 1 || bad[0].Field != field {
				t.Errorf("%+v: %v", plan, err)
			}
		}
	}
	if all, err := runner.All(t.Context()); len(all) > 0 || err != nil {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestOneAtATime(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	release := s.hold()
	runner := s.runner()
	begun := s.begin(runner, small)
	for _, runner := range []*rehearsal.Runner{runner, s.runner()} {
		_, err := runner.Begin(t.Context(), "ann", small)
		if busy, ok := errors.AsType[rehearsal.Busy](err); !ok || busy.ID != begun.ID {
			t.Errorf("a second one: %v", err)
		}
	}
	release()
	s.until(runner, begun.ID, ended)
	s.begin(runner, small)
}

// beginLong begins one that runs for a minute, and returns once buyers are answered.
func (s *shop) beginLong(runner *rehearsal.Runner) rehearsal.Rehearsal {
	plan := small
	plan.Over = time.Minute
	begun := s.begin(runner, plan)
	s.until(runner, begun.ID, func(r rehearsal.Rehearsal) bool { return r.Rush.Answered > 0 })
	return begun
}

// One that runs is stopped by Remove, also by that of another process, and is kept.
func TestCancel(t *testing.T) {
	for name, elsewhere := range map[string]bool{"here": false, "elsewhere": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t)
			runner := s.runner()
			begun := s.beginLong(runner)
			by := runner
			if elsewhere {
				by = s.runner()
			}
			if err := by.Remove(t.Context(), begun.ID, "bob"); err != nil {
				t.Fatal(err)
			}
			r, report := s.until(by, begun.ID, ended)
			if r.State != rehearsal.Cancelled || r.Audited || r.Rush.Sent == 100 || report == nil || !report.Interrupted {
				t.Errorf("%+v", r)
			}
			if p, _ := s.Product(t.Context(), begun.ID); !p.Terms.Closed {
				t.Error("its product is still on sale")
			}
		})
	}
}

// A server that ends, or is killed, leaves one that has failed and can be removed.
func TestTheServerEndsInTheMiddle(t *testing.T) {
	for name, end := range map[string]func(*rehearsal.Runner, *shop){
		"ends":   func(runner *rehearsal.Runner, _ *shop) { runner.Close() },
		"killed": func(_ *rehearsal.Runner, s *shop) { s.lose() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t)
			runner := s.runner()
			begun := s.beginLong(runner)
			end(runner, s)
			next := s.runner()
			r, _, err := next.Find(t.Context(), begun.ID)
			if err != nil || r.State != rehearsal.Failed || !strings.Contains(r.Reason, "server stopped") {
				t.Errorf("%+v, %v", r, err)
			}
			if err := next.Remove(t.Context(), begun.ID, "bob"); err != nil {
				t.Error(err)
			}
			if _, err := s.Product(t.Context(), begun.ID); !errors.Is(err, sale.ErrNotFound) {
				t.Errorf("its product is there: %v", err)
			}
		})
	}
}

func TestWhatTheJudgeSaid(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ruling rehearsal.Audit
		cannot error
		state  rehearsal.State
	}{
		"findings":   {rehearsal.Audit{Findings: 2, Document: json.RawMessage(`{"findings":[1,2]}`)}, nil, rehearsal.Done},
		"cannot say": {rehearsal.Audit{}, sale.ErrUnavailable, rehearsal.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			s.ruling, s.cannot = c.ruling, c.cannot
			runner := s.runner()
			r, report := s.until(runner, s.begin(runner, small).ID, ended)
			if r.State != c.state || r.Audited != (c.cannot == nil) || r.Audit.Findings != c.ruling.Findings || report == nil {
				t.Errorf("%+v", r)
			}
			if c.cannot != nil && (r.Failure != rehearsal.NotJudged || !strings.Contains(r.Reason, "judge")) {
				t.Errorf("reason %q", r.Reason)
			}
		})
	}
}

// Quitters hold their units until the payment window has passed, and the audit
// waits for that.
func TestTheJudgeWaitsForTheUnitsOfQuitters(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	runner := s.runner()
	plan := small
	plan.Quantity, plan.Quitters = 100, 50 // of so many some quit, whatever the seed
	begun := s.begin(runner, plan)
	if p, _ := s.Product(t.Context(), begun.ID); p.Terms.PaymentWindow != 10*time.Second {
		t.Errorf("%+v", p.Terms)
	}
	r, _ := s.until(runner, begun.ID, func(r rehearsal.Rehearsal) bool { return r.Reported })
	if r.State != rehearsal.Running || r.Rush.Paid+r.Rush.Quit != plan.Quantity || r.Rush.Quit == 0 {
		t.Errorf("%+v", r)
	}
	s.expire(begun.ID)
	if r, _ = s.until(runner, begun.ID, ended); r.State != rehearsal.Done || r.Expired != r.Rush.Quit {
		t.Errorf("%+v", r)
	}
}

func TestAProductThatCannotBePut(t *testing.T) {
	s := newShop(t)
	s.refuse = sale.ErrUnavailable
	runner := s.runner()
	if _, err := runner.Begin(t.Context(), "ann", small); !errors.Is(err, sale.ErrUnavailable) {
		t.Error(err)
	}
	all, err := runner.All(t.Context())
	if err != nil || len(all) != 1 || all[0].State != rehearsal.Failed || all[0].Reason == "" {
		t.Fatalf("%+v, %v", all, err)
	}
	if err := runner.Remove(t.Context(), all[0].ID, "bob"); err != nil {
		t.Error(err)
	}
}

// A product of a rehearsal that nobody keeps, as after a restore, goes; others do not.
func TestProductsThatRehearsalsLeft(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	runner := s.runner()
	kept := s.begin(runner, small)
	s.until(runner, kept.ID, ended)
	for _, id := range []string{"rehearsal-lost", "1"} {
		terms := sale.Terms{Quantity: 1, LimitPerUser: 1, Rehearsal: id != "1"}
		if _, err := s.Put(t.Context(), id, "", func(sale.Product) (sale.Terms, error) { return terms, nil }); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.runner().Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	for id, left := range map[string]bool{kept.ID: true, "1": true, "rehearsal-lost": false} {
		if _, err := s.Product(t.Context(), id); (err == nil) != left {
			t.Errorf("%s: %v", id, err)
		}
	}
}

func TestNoSuchRehearsal(t *testing.T) {
	runner := newShop(t).runner()
	for _, id := range []string{"1", "rehearsal-x", "rehearsal-../x", ""} {
		_, _, err := runner.Find(t.Context(), id)
		if err2 := runner.Remove(t.Context(), id, "bob"); !errors.Is(err, sale.ErrNotFound) || !errors.Is(err2, sale.ErrNotFound) {
			t.Errorf("%q: %v, %v", id, err, err2)
		}
	}
}

func TestWhatCannotBeRead(t *testing.T) {
	s := newShop(t)
	if _, err := s.Begin(t.Context(), "rehearsal-1", []byte("{")); err != nil {
		t.Fatal(err)
	}
	s.lose()
	r, _, err := s.runner().Find(context.Background(), "rehearsal-1")
	if err != nil || r.State != rehearsal.Failed || r.ID != "rehearsal-1" {
		t.Errorf("%+v, %v", r, err)
	}
}
