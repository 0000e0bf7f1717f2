package app

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"seckill/internal/gate"
	"seckill/internal/gate/memgate"
	"seckill/internal/live"
	"seckill/internal/orderlog"
	"seckill/internal/orderstore"
	"seckill/internal/projector"
	"seckill/internal/sale"
	"seckill/internal/settle"
)

// A scripted log puts what is appended wherever it is told to.
type scripted struct {
	orderlog.Keeper
	put func() (sale.Position, error)
}

func (l scripted) Append(context.Context, int32, []sale.Record) (sale.Position, error) {
	return l.put()
}

// A marked store is folded up to next.
type marked struct {
	orderstore.Keeper
	next int64
}

func (s *marked) Mark(context.Context, int32) (orderstore.Mark, error) {
	return orderstore.Mark{Next: s.next}, nil
}

// A record that comes to be where the tables hold another one shuts the gates; so does
// a log that tells of itself that it is another.
func TestAnAcknowledgementBelowTheMark(t *testing.T) {
	some := []sale.Record{{Kind: sale.KindOrder}}
	ten := make([]sale.Record, 10)
	for name, c := range map[string]struct {
		records []sale.Record
		before  int64 // the mark when the append begins
		during  int64 // and before it ends
		at      int64
		says    error // the log
		want    error // of the append
		barred  bool
	}{
		"behind the mark":               {some, 5, 5, 5, nil, nil, false},
		"below the mark":                {some, 5, 5, 4, nil, sale.ErrUnknownOutcome, true},
		"ten behind the mark":           {ten, 5, 5, 14, nil, nil, false},
		"ten across the mark":           {ten, 5, 5, 13, nil, sale.ErrUnknownOutcome, true},
		"folded before it was answered": {some, 5, 6, 5, nil, nil, false},
		"nothing":                       {nil, 5, 5, -1, nil, nil, false},
		"an outcome that is unknown":    {some, 5, 5, 0, sale.ErrUnknownOutcome, sale.ErrUnknownOutcome, false},
		"another log":                   {some, 0, 0, 0, sale.ErrDamaged, sale.ErrUnknownOutcome, true},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, g, m := t.Context(), newLogCheck(slog.New(slog.DiscardHandler)), &marked{next: c.before}
			g.why.Store(nil) // it has been compared
			store, appended := checkedStore{m, g}, 0
			log := checkedLog{scripted{nil, func() (sale.Position, error) {
				appended++
				m.next = c.during
				_, err := store.Mark(ctx, 3)
				return sale.Position{Partition: 3, Offset: c.at}, errors.Join(err, c.says)
			}}, g}
			if _, err := store.Mark(ctx, 3); err != nil {
				t.Fatal(err)
			}
			if _, err := log.Append(ctx, 3, c.records); !errors.Is(err, c.want) || errors.Is(err, sale.ErrDamaged) {
				t.Errorf("the append is %v, not %v", err, c.want)
			}
			if (g.barred() != nil) != c.barred {
				t.Fatalf("barred: %v", g.barred())
			}
			gates := checkedGate{memgate.New(memgate.Options{}), g}
			_, admit := gates.Admit(ctx, "p", gate.Try{}, []gate.Request{{}})
			_, view := gates.View(ctx, "p")
			_, _, shut := gates.Shut(ctx, "p", 1)
			for what, err := range map[string]error{"Admit": admit, "View": view, "Shut": shut} {
				if is := errors.Is(err, sale.ErrUnavailable) && strings.Contains(err.Error(), "not the one that the tables were filled from"); is != c.barred {
					t.Errorf("%s: %v", what, err)
				}
			}
			if _, err := log.Append(ctx, 3, some); c.barred && (appended > 1 || !errors.Is(err, sale.ErrUnavailable)) {
				t.Errorf("the log took more: %v", err)
			}
		})
	}
}

// Nothing is sold, and nothing is written, before the log has been compared with the tables.
func TestNothingIsSoldBeforeTheLogIsCompared(t *testing.T) {
	g := newLogCheck(slog.New(slog.DiscardHandler))
	if _, err := (checkedGate{memgate.New(memgate.Options{}), g}).Admit(t.Context(), "p", gate.Try{}, nil); !errors.Is(err, sale.ErrUnavailable) {
		t.Errorf("admitted: %v", err)
	}
	log := checkedLog{scripted{nil, func() (sale.Position, error) { t.Error("it was written"); return sale.Position{}, nil }}, g}
	if _, err := log.Append(t.Context(), 0, []sale.Record{{Kind: sale.KindExpire}}); !errors.Is(err, sale.ErrUnavailable) {
		t.Errorf("expired: %v", err)
	}
}

// A process that only projects compares them, too: it expires orders.
func TestAProjectorComparesTheLog(t *testing.T) {
	log, store := files(t)
	m := newCluster(Config{Redis: "some", Roles: []string{RoleProjector}, Log: slog.New(slog.DiscardHandler)}, false)
	p := &Program{cfg: m.cfg, mode: m, hub: live.New()}
	p.keepers = keepers{checkedGate{memgate.New(memgate.Options{}), m.logCheck}, checkedLog{log, m.logCheck}, checkedStore{store, m.logCheck}}
	p.projector = projector.New(p.keepers.log, p.keepers.store, p.keepers.gate, observer{hub: p.hub, dead: func(int) {}})
	p.settle = settle.New(p.keepers.log, p.keepers.store, time.Now, settle.SideBySide)
	p.payments = settle.NewPayments(t.Context(), p.settle, settle.PaymentParts{}) // there are none
	if why := p.mode.barred(); why == nil {
		t.Fatal("nothing is barred yet")
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	loops, ctx := errgroup.WithContext(ctx)
	p.loops(ctx, loops)
	for p.mode.barred() != nil && ctx.Err() == nil {
		runtime.Gosched()
	}
	if why := p.mode.barred(); why != nil {
		t.Error(why)
	}
	stop()
	if err := loops.Wait(); err != nil {
		t.Error(err)
	}
}
