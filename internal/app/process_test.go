package app

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/errgroup"

	"seckill/internal/orderlog"
	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// A living store is told who is alive, and says what they are to make of it.
type living struct {
	orderstore.Keeper
	told  atomic.Int64
	ended string
	says  atomic.Pointer[error]
}

func (s *living) Alive(context.Context, orderstore.Process) error {
	s.told.Add(1)
	if says := s.says.Load(); says != nil {
		return *says
	}
	return nil
}

func (s *living) Ended(_ context.Context, id string) error {
	s.ended = id
	return nil
}

// A projected log has its partitions projected until that fails.
type projected struct {
	orderlog.Keeper
	fails chan error
	runs  atomic.Bool
}

func (l *projected) Run(ctx context.Context, _ func(context.Context, int32) error) error {
	l.runs.Store(true)
	defer l.runs.Store(false)
	select {
	case err := <-l.fails:
		return err
	case <-ctx.Done():
		return nil
	}
}

var errNewer = errors.Join(sale.ErrNewer, errors.New("this one reads records up to version 1"))

// A process that a newer one has left behind sells and projects nothing from then on, and
// says why, however it comes to know. One that is alone with its folder ends.
func TestAProcessHaltsAtWhatANewerOneWrote(t *testing.T) {
	for name, meets := range map[string]func(*living, *projected){
		"at the tables": func(s *living, _ *projected) { s.says.Store(&errNewer) },
		"in the log":    func(_ *living, l *projected) { l.fails <- errNewer },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var said bytes.Buffer
				m := newCluster(Config{Log: slog.New(slog.NewTextHandler(&said, nil)), Redis: "r", Roles: []string{RoleAPI, RoleProjector}}, false)
				m.logCheck.why.Store(nil)
				store, log := &living{}, &projected{fails: make(chan error)}
				p := &Program{cfg: m.cfg, mode: m, keepers: keepers{log: log, store: store}}
				ctx, cancel := context.WithCancel(t.Context())
				var g errgroup.Group
				p.live(ctx, &g)
				time.Sleep(time.Minute)
				if n := store.told.Load(); n < 12 || !log.runs.Load() || m.barred() != nil {
					t.Fatalf("told %d times, projects %v, barred: %v", n, log.runs.Load(), m.barred())
				}
				meets(store, log)
				time.Sleep(aliveEvery + time.Second)
				n := store.told.Load()
				time.Sleep(time.Minute)
				synctest.Wait() // for what was logged
				if why := m.barred(); why == nil || !strings.Contains(why.Error(), "halted") || !strings.Contains(why.Error(), "up to version 1") {
					t.Errorf("barred: %v", why)
				}
				if store.told.Load() != n || log.runs.Load() {
					t.Errorf("it goes on: said that it is alive %v, projects %v", store.told.Load() != n, log.runs.Load())
				}
				if !strings.Contains(said.String(), "level=ERROR") || strings.Count(said.String(), "halted") != 1 {
					t.Errorf("the log: %s", said.String())
				}
				cancel()
				if err := g.Wait(); err != nil {
					t.Error(err)
				}
			})
		})
	}
	t.Run("embedded", func(t *testing.T) {
		p := &Program{mode: &embedded{}, keepers: keepers{log: &projected{fails: make(chan error, 1)}, store: &living{}}}
		p.keepers.log.(*projected).fails <- errNewer
		g, ctx := errgroup.WithContext(t.Context())
		p.live(ctx, g)
		if err := g.Wait(); !errors.Is(err, sale.ErrNewer) {
			t.Errorf("it ended with %v", err)
		}
	})
}

// The look at log and tables at the start does not take back that a process has halted.
func TestAProcessThatHasHaltedStaysSo(t *testing.T) {
	g := newLogCheck(slog.New(slog.DiscardHandler))
	g.bar(errNewer)
	if err := g.check(t.Context(), noPartitions{}, nil); err != nil || g.barred() == nil {
		t.Errorf("%v, barred: %v", err, g.barred())
	}
}

type noPartitions struct{ orderlog.Reader }

func (noPartitions) Partitions(context.Context) (int32, error) { return 0, nil }

func TestAProcessThatEndsIsNotWaitedFor(t *testing.T) {
	store := &living{}
	p := &Program{process: orderstore.Process{ID: "host/abc"}, keepers: keepers{store: store}}
	if p.leave(); store.ended != "host/abc" {
		t.Errorf("%q has ended", store.ended)
	}
	(&Program{}).leave() // before there is a store
}
