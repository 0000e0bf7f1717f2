package settle_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"seckill/internal/sale"
	"seckill/internal/settle"
)

// A wideLog has one more partition, which does not answer.
type wideLog struct{ settle.Log }

func (wideLog) Partitions(context.Context) (int32, error) { return 2, nil }

func (l wideLog) Bounds(ctx context.Context, partition int32) (first, end int64, err error) {
	if partition == 0 {
		<-ctx.Done()
		return 0, 0, sale.ErrUnavailable
	}
	return l.Log.Bounds(ctx, 0)
}

// A wideStore has what the log's own partition holds in the second one.
type wideStore struct{ settle.Store }

func (s wideStore) Passed(ctx context.Context, at sale.Position) error {
	at.Partition = 0
	return s.Store.Passed(ctx, at)
}

// A partition that is away keeps nobody from an order of another one.
func TestAPartitionThatIsAwayHoldsUpNoOther(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		d := settle.New(wideLog{touchedLog{s.log, s}}, wideStore{touchedStore{s.store, s}}, time.Now, settle.SideBySide)
		s.sell(window, 0)
		s.asleep = true
		s.append(s.order(1))
		s.onPassed = s.project
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		began := time.Now()
		if o, err := d.Find(ctx, id(1)); err != nil || o.Number != 1 || time.Since(began) > 0 {
			t.Errorf("%+v, %v, after %v", o, err, time.Since(began))
		}
		if _, err := d.Find(ctx, id(2)); !errors.Is(err, sale.ErrUnavailable) {
			t.Errorf("an order that may be in it: %v", err)
		}
		if err := d.CatchUp(ctx); !errors.Is(err, sale.ErrUnavailable) {
			t.Errorf("all of the log: %v", err)
		}
		if _, err := d.Expire(t.Context(), 1); err != nil { // of which nothing is due
			t.Error(err)
		}
	})
}
