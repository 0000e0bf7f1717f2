package verify

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"

	"seckill/internal/orderlog"
	"seckill/internal/sale"
)

// A partitionAudit judges one partition and its products.
type partitionAudit struct {
	*audit
	partition int32
	stretch   stretch
	seqs      map[string]*seqs                   // of every product that is there
	fold      *refold                            // nil: it cannot be folded again
	chunks    int64                              // of the state that the log begins with
	sums      map[string]map[string]*sums        // by product and currency
	paidBy    map[string]map[sale.OrderID]string // by product: the payments that orders name, by the log
}

func newPartitionAudit(of *audit, partition int32, s stretch, products []sale.Product) *partitionAudit {
	a := &partitionAudit{audit: of, partition: partition, stretch: s, seqs: map[string]*seqs{}, sums: map[string]map[string]*sums{}, paidBy: map[string]map[sale.OrderID]string{}}
	for _, p := range products {
		if p.Exists() {
			a.seqs[p.ID] = &seqs{epoch: p.Epoch, nonce: p.Nonce, ids: map[int64]sale.OrderID{}}
		}
	}
	if s.whole {
		a.fold = newRefold(of.draft, partition, of.homes, sale.Fold)
	}
	return a
}

// read goes through all that the store has folded and the log still has.
func (a *partitionAudit) read(ctx context.Context) error {
	here := func(at sale.Position) bool { return at.Partition == a.partition }
	if !a.stretch.ours {
		a.dropLetters(here)
		return nil
	}
	a.dropLetters(func(at sale.Position) bool { return here(at) && at.Offset < a.stretch.from })
	for next := a.stretch.from; next < a.stretch.to; {
		lines, err := a.next(ctx, next)
		if a.damage(err, at(sale.Position{Partition: a.partition, Offset: next})) {
			a.leaveOut(Fold, "", notReadBeyond.of(a.partition, next))
			a.fold, a.seqs = nil, nil
			a.dropLetters(here)
			return nil
		}
		if err != nil {
			return err
		}
		a.lines(lines)
		next += int64(len(lines))
	}
	return nil
}

// next reads some lines from the offset from on.
func (a *partitionAudit) next(ctx context.Context, from int64) ([]orderlog.Line, error) {
	most := min(atOnce, a.stretch.to-from)
	if from == 0 || from < a.chunks {
		most = 1 // chunks are large
	}
	lines, err := a.log.Read(ctx, a.partition, from, int(most))
	if err != nil {
		return nil, err
	}
	for i := range lines {
		if want := from + int64(i); lines[i].Offset != want {
			return nil, fmt.Errorf("%w: the log gives the record at %d where that at %d should be", sale.ErrDamaged, lines[i].Offset, want)
		}
	}
	if len(lines) == 0 {
		return nil, fmt.Errorf("%w: the log gives nothing at %d", sale.ErrDamaged, from)
	}
	return lines, nil
}

func (a *partitionAudit) lines(lines []orderlog.Line) {
	a.r.Records += int64(len(lines))
	lines = a.inPlace(lines)
	lines = a.foreign(lines)
	for i := range lines {
		if lines[i].Poison != nil {
			a.letter(&lines[i])
			continue
		}
		if of := lines[i].Record.Secret; of != "" && a.secret != "" && of != a.secret {
			a.find(otherSecret, "", at(sale.Position{Partition: a.partition, Offset: lines[i].Offset}))
		}
		if s := a.seqs[lines[i].Product]; s != nil {
			s.note(a.draft, a.partition, &lines[i])
		}
	}
	if a.fold != nil {
		a.fold.stretch(lines)
	}
}

// letter judges that a poison line has its dead letter. The reason is left out:
// a later version may put it in other words.
func (a *partitionAudit) letter(l *orderlog.Line) {
	pos := sale.Position{Partition: a.partition, Offset: l.Offset}
	kept, there := a.letters[pos]
	switch {
	case !there:
		a.find(letterMissing, l.Product, at(pos))
	case kept.Product != l.Product || !bytes.Equal(kept.Raw, l.Raw):
		a.find(letterDiffers, l.Product, at(pos))
	}
	delete(a.letters, pos)
}

// lost finds the products of the log that the store does not have. What only
// poison spoke of never was a product.
func (a *partitionAudit) lost() {
	if a.fold == nil {
		return
	}
	for _, id := range slices.Sorted(maps.Keys(a.fold.tables)) {
		if t := a.fold.tables[id]; t.product.Epoch > 0 {
			a.find(productNotInStore, id, inTable.of("seckill_product"), Number{"epoch", t.product.Epoch}, Number{"orders", int64(t.rows.n)})
		}
	}
}
