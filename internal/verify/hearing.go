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

// A hearing judges one partition and its products.
type hearing struct {
	*court
	partition int32
	stretch   stretch
	seqs      map[string]*seqs // of every product that is there
	fold      *refold          // nil: it cannot be folded again
}

func newHearing(c *court, partition int32, s stretch, products []sale.Product) *hearing {
	h := &hearing{court: c, partition: partition, stretch: s, seqs: map[string]*seqs{}}
	for _, p := range products {
		if p.Exists() {
			h.seqs[p.ID] = &seqs{epoch: p.Epoch, nonce: p.Nonce, ids: map[int64]sale.OrderID{}}
		}
	}
	if s.whole {
		h.fold = newRefold(c.docket, partition, c.homes, sale.Fold)
	}
	return h
}

// read hears all that the store has folded and the log still has.
func (h *hearing) read(ctx context.Context) error {
	here := func(at sale.Position) bool { return at.Partition == h.partition }
	if !h.stretch.ours {
		h.dropLetters(here)
		return nil
	}
	h.dropLetters(func(at sale.Position) bool { return here(at) && at.Offset < h.stretch.from })
	for next := h.stretch.from; next < h.stretch.to; {
		lines, err := h.next(ctx, next)
		if h.damaged(err, place(sale.Position{Partition: h.partition, Offset: next})) {
			h.leaveOut(Fold, "", fmt.Sprintf("partition %d of the log could not be read beyond offset %d", h.partition, next))
			h.fold, h.seqs = nil, nil
			h.dropLetters(here)
			return nil
		}
		if err != nil {
			return err
		}
		h.lines(lines)
		next += int64(len(lines))
	}
	return nil
}

// next reads some lines from the offset from on.
func (h *hearing) next(ctx context.Context, from int64) ([]orderlog.Line, error) {
	lines, err := h.log.Read(ctx, h.partition, from, int(min(atOnce, h.stretch.to-from)))
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

func (h *hearing) lines(lines []orderlog.Line) {
	h.r.Records += int64(len(lines))
	for i := range lines {
		if lines[i].Poison != nil {
			h.letter(&lines[i])
		} else if s := h.seqs[lines[i].Product]; s != nil {
			s.note(h.docket, h.partition, &lines[i])
		}
	}
	if h.fold != nil {
		h.fold.stretch(lines)
	}
}

// letter judges that a poison line has its dead letter. The reason is left out:
// a later version may put it in other words.
func (h *hearing) letter(l *orderlog.Line) {
	at := sale.Position{Partition: h.partition, Offset: l.Offset}
	kept, there := h.letters[at]
	switch {
	case !there:
		h.find(Fold, l.Product, place(at), "a poison record has no dead letter in the store")
	case kept.Product != l.Product || !bytes.Equal(kept.Raw, l.Raw):
		h.find(Fold, l.Product, place(at), "a dead letter is not what stands in the log")
	}
	delete(h.letters, at)
}

// lost finds the products of the log that the store does not have. What only
// poison spoke of never was a product.
func (h *hearing) lost() {
	if h.fold == nil {
		return
	}
	for _, id := range slices.Sorted(maps.Keys(h.fold.tables)) {
		if t := h.fold.tables[id]; t.product.Epoch > 0 {
			h.find(Fold, id, "seckill_product", "a product of the log is not in the store", Number{"epoch", t.product.Epoch}, Number{"orders", int64(t.rows.n)})
		}
	}
}
