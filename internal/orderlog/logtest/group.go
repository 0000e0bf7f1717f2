package logtest

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"seckill/internal/orderlog"
)

// A member is a Run, and the partitions that it was given.
type member struct {
	began   chan int32
	running atomic.Int32
	failed  chan error
	stop    context.CancelFunc
}

// join starts a Run whose functions hold their partitions as long as they may.
func join(t *testing.T, k orderlog.Group) *member {
	ctx, stop := context.WithCancel(t.Context())
	m := &member{began: make(chan int32), failed: make(chan error, 1), stop: stop}
	go func() {
		m.failed <- k.Run(ctx, func(ctx context.Context, partition int32) error {
			m.running.Add(1)
			defer m.running.Add(-1)
			select {
			case m.began <- partition:
				<-ctx.Done()
			case <-ctx.Done():
			}
			return ctx.Err()
		})
	}()
	return m
}

// holdAll waits until the member was given every partition of n at least once.
func (m *member) holdAll(t *testing.T, n int32) {
	t.Helper()
	held := map[int32]bool{}
	for len(held) < int(n) {
		select {
		case p := <-m.began:
			if p < 0 || p >= n {
				t.Fatalf("Run gives partition %d of %d", p, n)
			}
			held[p] = true
		case err := <-m.failed:
			t.Fatalf("Run returned: %v", err)
		}
	}
}

// leave ends the Run, and checks that every function ended before it.
func (m *member) leave(t *testing.T) {
	t.Helper()
	m.stop()
	if err := <-m.failed; err != nil {
		t.Fatalf("Run ended by its context, as were its functions: %v", err)
	}
	if n := m.running.Load(); n != 0 {
		t.Fatalf("Run returned while %d functions ran", n)
	}
}

func runCallsEveryPartition(t *testing.T, h Harness) {
	n, err := h.Partitions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m := join(t, h)
	m.holdAll(t, n)
	m.leave(t)
}

func runEndsWithTheErrorOfAPartition(t *testing.T, h Harness) {
	halt := errors.New("halt")
	var running atomic.Int32
	err := h.Run(t.Context(), func(ctx context.Context, partition int32) error {
		running.Add(1)
		defer running.Add(-1)
		if partition == 0 {
			return halt
		}
		<-ctx.Done()
		return ctx.Err()
	})
	if n := running.Load(); !errors.Is(err, halt) || n != 0 {
		t.Fatalf("Run returned %v while %d functions ran", err, n)
	}
}

func runOutlastsItsFunctions(t *testing.T, h Harness) {
	n, err := h.Partitions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ran, early := make(chan int32, n), make(chan bool, 1)
	go func() {
		err := h.Run(ctx, func(_ context.Context, partition int32) error {
			ran <- partition
			return nil
		})
		early <- err != nil || ctx.Err() == nil
	}()
	for range n {
		<-ran
	}
	mustAppend(t, h, 0, orders("p1", 1, 1)) // time enough for a Run that would return
	stop()
	if <-early {
		t.Fatal("Run returned before its context was done, though no function failed")
	}
}

// A second process joins, the first leaves: the second is given what the first had.
func runHandsOver(t *testing.T, h Harness) {
	n, err := h.Partitions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	first := join(t, h)
	first.holdAll(t, n)
	second := join(t, h.Join())
	first.leave(t)
	second.holdAll(t, n)
	second.leave(t)
}
