package app

import (
	"context"
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"seckill/internal/gate"
	"seckill/internal/gate/memgate"
	"seckill/internal/metrics"
	"seckill/internal/orderlog"
	"seckill/internal/orderlog/sqlitelog"
	"seckill/internal/orderstore"
	"seckill/internal/orderstore/sqlitestore"
	"seckill/internal/sale"
)

// files are a log and tables of a folder, which are closed at the test's end.
func files(t *testing.T) (*sqlitelog.Log, *sqlitestore.Store) {
	t.Helper()
	log, err := sqlitelog.Open(t.Context(), filepath.Join(t.TempDir(), "orders.log"))
	if err != nil {
		t.Fatal(err)
	}
	store, err := sqlitestore.Open(filepath.Join(t.TempDir(), "store.db"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.Close(); store.Close() })
	return log, store
}

// Every method of the contracts is counted, once a call: one that is new in a
// contract too.
func TestEveryCallToAKeeperIsMeasured(t *testing.T) {
	log, store := files(t)
	set := metrics.New()
	k := keepers{memgate.New(memgate.Options{Now: time.Now}), log, store}.measured(set)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	for keeper, of := range map[string]struct {
		contract reflect.Type
		with     any
	}{
		"gate":  {reflect.TypeFor[gate.Keeper](), k.gate},
		"log":   {reflect.TypeFor[orderlog.Keeper](), k.log},
		"store": {reflect.TypeFor[orderstore.Keeper](), k.store},
	} {
		for m := range of.contract.Methods() {
			if unmeasured[m.Name] {
				continue
			}
			before := counted(set, keeper, m.Name)
			called := reflect.ValueOf(of.with).MethodByName(m.Name)
			called.Call(nothing(ctx, called.Type()))
			if n := counted(set, keeper, m.Name) - before; n != 1 {
				t.Errorf("%s of the %s was counted %d times, not once", m.Name, keeper, n)
			}
		}
	}
}

// nothing are the arguments of a call that asks for nothing: ctx, and zeroes.
func nothing(ctx context.Context, f reflect.Type) (in []reflect.Value) {
	for arg := range f.Ins() {
		switch {
		case arg == reflect.TypeFor[context.Context]():
			in = append(in, reflect.ValueOf(ctx))
		case arg.Kind() == reflect.Func:
			in = append(in, reflect.MakeFunc(arg, func([]reflect.Value) (out []reflect.Value) {
				for o := range arg.Outs() {
					out = append(out, reflect.Zero(o))
				}
				return out
			}))
		default:
			in = append(in, reflect.Zero(arg))
		}
	}
	return in
}

// counted is how many calls of a method /metrics shows, whatever their outcome.
func counted(set *metrics.Set, keeper, call string) (n int) {
	for line := range strings.Lines(shownBy(set)) {
		if strings.HasPrefix(line, fmt.Sprintf("seckill_keeper_seconds_count{call=%q,keeper=%q,", call, keeper)) {
			var more int
			_, _ = fmt.Sscan(line[strings.IndexByte(line, ' '):], &more)
			n += more
		}
	}
	return n
}

func shownBy(set *metrics.Set) string {
	w := httptest.NewRecorder()
	set.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return w.Body.String()
}

func TestOutcomesOfCalls(t *testing.T) {
	set := metrics.New()
	calls := newCalls(set, "gate", reflect.TypeFor[gate.Keeper]())
	for outcome, err := range map[string]error{
		"ok": nil, "shut": fmt.Errorf("of p: %w", sale.ErrShut), "outcome_unknown": fmt.Errorf("redis: %w", sale.ErrUnknownOutcome),
		"cancelled": fmt.Errorf("%w: %w", sale.ErrUnavailable, context.Canceled), "unavailable": fmt.Errorf("%w: %w", sale.ErrUnavailable, context.DeadlineExceeded),
		"other": context.DeadlineExceeded,
	} {
		calls.done("Admit", time.Now().Add(-time.Second), &err)
		if want := fmt.Sprintf("\nseckill_keeper_seconds_count{call=\"Admit\",keeper=\"gate\",outcome=%q} 1\n", outcome); !strings.Contains(shownBy(set), want) {
			t.Errorf("%v: no line %q", err, want)
		}
	}
	if page := shownBy(set); !strings.Contains(page, `outcome="ok",le="0.5"} 0`) || !strings.Contains(page, `outcome="ok",le="2"} 1`) {
		t.Error("a second was not counted as one")
	}
}

func TestMeasuringACallAllocatesNothing(t *testing.T) {
	calls := newCalls(metrics.New(), "gate", reflect.TypeFor[gate.Keeper]())
	call := func() (err error) {
		defer calls.done("Admit", time.Now(), &err)
		return nil
	}
	if n := testing.AllocsPerRun(1000, func() { _ = call() }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
