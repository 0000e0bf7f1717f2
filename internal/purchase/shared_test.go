package purchase_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"seckill/internal/purchase"
)

// asking is a Shared whose look-ups wait to be let go on.
func asking(t *testing.T, look func(keys []int) (int, error)) (s *purchase.Shared[int, int], goOn chan struct{}) {
	goOn = make(chan struct{})
	return purchase.NewShared(t.Context(), func(_ context.Context, keys []int) (int, error) {
		<-goOn
		return look(keys)
	}, func(work func()) { go work() }, func(ctx context.Context, done <-chan struct{}) error {
		select {
		case <-done:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}), goOn
}

// Who asks joins the look-up that fills, and none that has begun: it may have looked already.
func TestALookUpIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var looked [][]int
		s, goOn := asking(t, func(keys []int) (int, error) {
			looked = append(looked, keys)
			return len(looked), nil
		})
		var all sync.WaitGroup
		for key, want := range []int{1, 2, 2, 2} {
			all.Go(func() {
				if got, err := s.Ask(t.Context(), key); got != want || err != nil {
					t.Errorf("%d: by look-up %d, %v", key, got, err)
				}
			})
			synctest.Wait()
		}
		close(goOn)
		all.Wait()
		if !slices.EqualFunc(looked, [][]int{{0}, {1, 2, 3}}, slices.Equal) {
			t.Errorf("%v", looked)
		}
	})
}

func TestALookUpThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failure := errors.New("away")
		s, goOn := asking(t, func(keys []int) (int, error) {
			if keys[0] == 1 {
				return 0, failure
			}
			return keys[0], nil
		})
		impatient, give := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() {
			if _, err := s.Ask(t.Context(), 1); !errors.Is(err, failure) {
				t.Errorf("%v", err)
			}
		})
		synctest.Wait()
		all.Go(func() {
			if _, err := s.Ask(impatient, 2); !errors.Is(err, context.Canceled) {
				t.Errorf("who has given up: %v", err)
			}
		})
		all.Go(func() {
			synctest.Wait()
			give()
			synctest.Wait()
			close(goOn)
		})
		all.Wait()
		if got, err := s.Ask(t.Context(), 3); got != 3 || err != nil {
			t.Errorf("%d, %v", got, err)
		}
	})
}
