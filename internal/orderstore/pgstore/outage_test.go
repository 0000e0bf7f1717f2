package pgstore

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"seckill/internal/devstack"
	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// own is a server of this test alone, to kill and to freeze.
func own(t *testing.T) *devstack.Postgres {
	t.Helper()
	p, err := devstack.StartPostgres(t.Context(), t.TempDir())
	if errors.Is(err, devstack.ErrMissing) {
		t.Skipf("SKIPPED: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func start(t *testing.T, p *devstack.Postgres) {
	t.Helper()
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// lost demands that a batch was unavailable, for whatever reason.
func lost(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, sale.ErrUnavailable) {
		t.Fatalf("a batch without its server: %v, not %q", err, sale.ErrUnavailable)
	}
}

// again applies a batch after an outage, as a projector does: a connection of
// before the outage may be met first.
func again(t *testing.T, s *Store, b stretch) error {
	t.Helper()
	for {
		if err := b.to(t.Context(), s); !errors.Is(err, sale.ErrUnavailable) {
			return err
		}
	}
}

func TestKilledWhileABatchIsFolded(t *testing.T) {
	p := own(t)
	s := opened(t, p.URL())
	mark := applied(t, s, orderstore.Mark{}, put(99))
	b := after(mark, buys(1, 10)...)
	lost(t, s.Apply(t.Context(), b.Batch, func(now time.Time, states []*sale.State) []orderstore.DeadLetter {
		p.Kill()
		return b.fold(now, states)
	}))
	lost(t, b.to(t.Context(), s))
	start(t, p)
	if err := again(t, s, b); err != nil {
		t.Fatal(err)
	}
	passes(t, s, b.To.Next-1)
	holds(t, s, 10)
}

// TestKilledUnderLoad: whatever was known to be durable is there, and nothing is
// there twice, wherever the server was hit.
func TestKilledUnderLoad(t *testing.T) {
	p := own(t)
	s := opened(t, p.URL())
	mark := applied(t, s, orderstore.Mark{}, put(9999))
	const batches, size = 60, 20
	for n := 0; n < batches; n++ {
		hit := make(chan struct{})
		if n%20 == 10 {
			go func() { p.Kill(); close(hit) }()
		} else {
			close(hit)
		}
		b := after(mark, buys(n*size+1, size)...)
		err := b.to(t.Context(), s)
		if <-hit; p.Pid() == 0 {
			start(t, p)
		}
		if err != nil {
			lost(t, err)
			err = again(t, s, b)
		}
		if err != nil && !errors.Is(err, sale.ErrMoved) { // its commit had made it
			t.Fatal(err)
		}
		mark = b.To
	}
	passes(t, s, mark.Next-1)
	holds(t, s, batches*size)
}

// TestAFrozenServer: whoever gives up waiting for it gets an answer, and it goes
// on as if nothing had been.
func TestAFrozenServer(t *testing.T) {
	p := own(t)
	s := opened(t, p.URL())
	mark := applied(t, s, orderstore.Mark{}, put(99))
	b := after(mark, buys(1, 10)...)
	ctx, cancel := context.WithCancel(t.Context())
	lost(t, s.Apply(ctx, b.Batch, func(now time.Time, states []*sale.State) []orderstore.DeadLetter {
		p.Freeze()
		cancel()
		return b.fold(now, states)
	}))
	p.Thaw()
	if err := again(t, s, b); err != nil {
		t.Fatal(err)
	}
	holds(t, s, 10)
}

// TestPutBackToAnOlderCopy: what was folded since is folded again, and nobody is
// told meanwhile that it has passed.
func TestPutBackToAnOlderCopy(t *testing.T) {
	p := own(t)
	s := opened(t, p.URL())
	old := applied(t, s, orderstore.Mark{}, append([]sale.Record{put(99)}, buys(1, 5)...)...)
	p.Stop()
	copied := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(copied, os.DirFS(p.Data())); err != nil {
		t.Fatal(err)
	}
	start(t, p)
	b := after(old, buys(6, 5)...)
	if err := again(t, s, b); err != nil {
		t.Fatal(err)
	}
	passes(t, s, b.To.Next-1)
	_, moved := s.progress.Passed(sale.Position{})
	p.Kill()
	<-moved
	if err := errors.Join(p.Wipe(), os.CopyFS(p.Data(), os.DirFS(copied))); err != nil {
		t.Fatal(err)
	}
	start(t, p)
	next := after(b.To, buys(11, 5)...)
	if err := again(t, s, next); !errors.Is(err, sale.ErrMoved) {
		t.Errorf("a batch behind what was lost: %v, not %q", err, sale.ErrMoved)
	}
	passes(t, s, old.Next-1)
	if passed, _ := s.progress.Passed(sale.Position{Offset: old.Next}); passed {
		t.Error("a position has passed that is not folded any more")
	}
	if m, err := s.Mark(t.Context(), 0); err != nil || m != old {
		t.Errorf("the mark is %v, %v; not %v", m, err, old)
	}
	applied(t, s, applied(t, s, old, b.records...), next.records...)
	passes(t, s, next.To.Next-1)
	holds(t, s, 15)
}
