package verify_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"seckill/internal/opening"
	"seckill/internal/orderlog"
	"seckill/internal/sale"
	"seckill/internal/verify"
)

// found judges a sale of which nobody says whether it runs; a second passes between
// two looks, of which each is told.
func found(t *testing.T, p verify.Parts, second func(n int)) (verify.Report, string, error) {
	t.Helper()
	n := 0
	p.Pause = func(context.Context) error {
		time.Sleep(time.Second) // of the bubble
		n++
		second(n)
		return nil
	}
	return verify.AsFound(t.Context(), p)
}

var aways = map[string]error{"shut": sale.ErrShut, "fenced": sale.ErrFenced, "missing": sale.ErrNoGate}

// Whoever sells sees within a second that a gate is shut, waits until its opener has
// to be dead, sees that a second later, and opens it. Meanwhile the sale is no sale
// that nobody runs.
func TestAGateThatIsOpenedAgainIsWaitedFor(t *testing.T) {
	const seconds = int(opening.OpenerGone/time.Second) + 3
	for name, away := range aways {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := busy(t)
				w.gates["q"].err = away
				r, idle, err := found(t, verify.Parts{Gate: w, Log: w, Store: w}, func(n int) {
					if n == seconds {
						w.open("q", w.product["q"].Terms)
					}
				})
				if err != nil || idle != "" {
					t.Fatalf("idle %q, %v", idle, err)
				}
				wantClean(t, r)
				wantNothingLeftOut(t, r)
			})
		})
	}
}

func TestASaleThatNobodyRuns(t *testing.T) {
	for name, away := range aways {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := busy(t)
				w.gates["q"].err = away
				r, idle, err := found(t, verify.Parts{Gate: w, Log: w, Store: w}, func(int) {})
				if err != nil || idle != "nobody opens the gates" {
					t.Fatalf("idle %q, %v", idle, err)
				}
				wantClean(t, r)
				wantLeftOut(t, r, "only an open gate can tell")
			})
		})
	}
}

// An opening whose record nobody has folded yet shows that somebody runs the sale.
func TestALogThatMovesIsOfASaleThatRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := busy(t)
		w.gates["q"].err = sale.ErrShut
		r, idle, err := found(t, verify.Parts{Gate: w, Log: w, Store: w}, func(n int) {
			if n == 1 {
				p := w.product["q"]
				w.line(orderlog.Line{Product: "q", Record: sale.Record{Kind: sale.KindOpening, ProductID: "q", Epoch: p.Epoch + 1, Nonce: "n", Terms: p.Terms, At: at}})
			}
		})
		if !errors.Is(err, sale.ErrChangedMeanwhile) || idle != "" || len(r.Checks) > 0 {
			t.Errorf("idle %q, %v, and %d checks", idle, err, len(r.Checks))
		}
	})
}

// A stuck store never passes what it has not folded.
type stuck struct{ *world }

func (stuck) Passed(ctx context.Context, _ sale.Position) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestALogThatNobodyFolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := busy(t)
		w.line(orderlog.Line{Product: "p", Record: w.admit("p", "lea", 15)})
		r, idle, err := found(t, verify.Parts{Gate: w, Log: w, Store: stuck{w}}, func(int) {})
		if err != nil || idle != "nobody folds the log" {
			t.Fatalf("idle %q, %v", idle, err)
		}
		wantClean(t, r)
		wantLeftOut(t, r, "from offset 50 on")
	})
}

// A slow log takes a minute to be read.
type slow struct{ *world }

func (l slow) Read(ctx context.Context, partition int32, from int64, max int) ([]orderlog.Line, error) {
	select {
	case <-time.After(time.Minute): // of the bubble
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return l.world.Read(ctx, partition, from, max)
}

func TestAJudgeMayTakeLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := busy(t)
		r, idle, err := found(t, verify.Parts{Gate: w, Log: slow{w}, Store: w}, func(int) {})
		if err != nil || idle != "" {
			t.Fatalf("idle %q, %v", idle, err)
		}
		wantClean(t, r)
		wantNothingLeftOut(t, r)
	})
}

func wantNothingLeftOut(t *testing.T, r verify.Report) {
	t.Helper()
	if len(r.LeftOut) > 0 {
		t.Errorf("left out: %v", r.LeftOut)
	}
}
