package verify

import (
	"context"
	"errors"

	"seckill/internal/orderlog"
	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// A stretch is the part of a partition that the store has folded and the log
// still has.
type stretch struct {
	from, to int64
	mark     int64
	ours     bool // the store was filled from it
	whole    bool // it can be folded again: nothing of it is missing
}

// position judges a partition's mark, and says what can be read by it.
func (a *audit) position(ctx context.Context, n int32) (stretch, error) {
	mark := a.marks[n]
	source, err := a.log.Source(ctx, n)
	if err != nil {
		return stretch{}, err
	}
	first, end, err := a.log.Bounds(ctx, n)
	if err != nil {
		return stretch{}, err
	}
	where := inPartition.of(n)
	if a.cuts == nil && end > mark.Next {
		a.leaveOut(Fold, "", notInStoreYet.of(end-mark.Next, n, mark.Next))
	}
	same := sameLog(mark, source)
	if !same {
		a.find(anotherLog.of(mark.Source.Cluster, mark.Source.Topic, mark.Source.Leader, source.Cluster, source.Topic, source.Leader), "", where)
	}
	a.decide(positionInLog.of(n), "", where, mark.Next <= end, Number{"position", mark.Next}, Number{"log end", end})
	s := stretch{from: first, to: mark.Next, mark: mark.Next, ours: same && mark.Next <= end}
	if s.ours {
		fits, err := mark.Fits(ctx, a.log, n, first)
		if err != nil && !errors.Is(err, sale.ErrDamaged) { // what is damaged is read again, and found
			return stretch{}, err
		}
		if s.ours = fits || err != nil; !s.ours {
			a.find(logGrewAgain, "", atOffset.of(n, mark.Next-1))
		}
	}
	s.whole = s.ours && (first == 0 || mark.Next == 0)
	switch {
	case !s.ours:
		a.leaveOut(Fold, "", notTheStoresLog.of(n))
	case !s.whole:
		a.leaveOut(Fold, "", beginningMissing.of(n, first))
	}
	return s, nil
}

func sameLog(mark orderstore.Mark, source orderlog.Source) bool {
	kept := mark.Source
	return mark == (orderstore.Mark{}) || kept.Cluster == source.Cluster && kept.Topic == source.Topic && kept.Leader <= source.Leader
}
