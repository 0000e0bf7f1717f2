package verify

import (
	"context"
	"errors"
	"fmt"

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
	where := fmt.Sprintf("partition %d", n)
	if a.cuts == nil && end > mark.Next {
		a.leaveOut(Fold, "", fmt.Sprintf("%s of %s, from offset %d on: not in the store yet, the next start folds it", counted(end-mark.Next, "record"), where, mark.Next))
	}
	same := sameLog(mark, source)
	if !same {
		a.find(Position, "", where, fmt.Sprintf("the store was filled from the log %q, topic %q, leader epoch %d, and this is %q, %q, %d",
			mark.Source.Cluster, mark.Source.Topic, mark.Source.Leader, source.Cluster, source.Topic, source.Leader))
	}
	a.decide(positionInLog.of(n), "", where, mark.Next <= end, Number{"position", mark.Next}, Number{"log end", end})
	s := stretch{from: first, to: mark.Next, mark: mark.Next, ours: same && mark.Next <= end}
	if s.ours {
		fits, err := mark.Fits(ctx, a.log, n, first)
		if err != nil && !errors.Is(err, sale.ErrDamaged) { // what is damaged is read again, and found
			return stretch{}, err
		}
		if s.ours = fits || err != nil; !s.ours {
			a.find(Position, "", fmt.Sprintf("%s, offset %d", where, mark.Next-1),
				"the log holds another record there than the store has folded: it was cut off, and grew again")
		}
	}
	s.whole = s.ours && (first == 0 || mark.Next == 0)
	switch {
	case !s.ours:
		a.leaveOut(Fold, "", where+" is not the log that the store was filled from")
	case !s.whole:
		a.leaveOut(Fold, "", fmt.Sprintf("%s of the log begins at offset %d: it could be folded from there only", where, first))
	}
	return s, nil
}

func sameLog(mark orderstore.Mark, source orderlog.Source) bool {
	kept := mark.Source
	return mark == (orderstore.Mark{}) || kept.Cluster == source.Cluster && kept.Topic == source.Topic && kept.Leader <= source.Leader
}
