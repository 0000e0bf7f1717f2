package projector

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"time"

	"seckill/internal/crash"
	"seckill/internal/orderlog"
	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// MaxBatch bounds the records of one transaction.
const MaxBatch = 2000

// A Cursor is how far one partition has been projected.
type Cursor struct {
	partition int32
	mark      orderstore.Mark // as the store has it
	source    orderlog.Source // of the log
	sought    bool
	chunks    int64 // of the state that the log begins with, once it was met
	owed      owed
}

// NewCursor is a cursor that seeks its place with its first step.
func NewCursor(partition int32) *Cursor {
	return &Cursor{partition: partition, owed: owed{products: map[string]bool{}, busy: map[string]bool{}}}
}

// Step projects the next stretch of the log, waiting until there is one, and
// returns how many lines it had. After ErrUnavailable it may be called again.
func (p *Projector) Step(ctx context.Context, c *Cursor) (int, error) {
	if !c.sought {
		if err := p.seek(ctx, c); err != nil {
			return 0, err
		}
	}
	most := MaxBatch
	if c.mark.Next < c.chunks {
		most = 1 // a chunk is a batch by itself
	}
	lines, err := p.log.Read(ctx, c.partition, c.mark.Next, most)
	if err == nil {
		lines, err = p.inPlace(ctx, c, lines)
	}
	if err != nil {
		return 0, err
	}
	crash.At("projector: lines are read")
	lines = asOneBatch(lines)
	batch := concerns(lines)
	last := lines[len(lines)-1]
	batch.Partition, batch.From = c.partition, c.mark
	batch.To = orderstore.Mark{Next: last.Offset + 1, Sum: last.Sum, Source: c.source}
	batch.To.Source.Leader = max(last.Leader, c.mark.Source.Leader)
	var kept []*sale.State
	dead := 0
	err = p.store.Apply(ctx, batch, func(now time.Time, states []*sale.State) []orderstore.DeadLetter {
		kept = states
		letters := fold(c.partition, lines, now, states)
		dead = len(letters)
		crash.At("projector: lines are folded")
		return letters
	})
	if errors.Is(err, sale.ErrMoved) {
		c.sought = false
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	crash.At("projector: rows are kept")
	c.mark = batch.To
	p.tell(c, kept, dead)
	return len(lines), nil
}

// inPlace makes poison of chunks of a state that the log does not begin with. Only for
// a chunk behind the first line it asks the log how it begins.
func (p *Projector) inPlace(ctx context.Context, c *Cursor, lines []orderlog.Line) ([]orderlog.Line, error) {
	if c.mark.Next == 0 {
		c.chunks = lines[0].Chunks()
	}
	stray := slices.ContainsFunc(lines, func(l orderlog.Line) bool { return l.Poison == nil && l.Record.Kind == sale.KindState })
	if !stray {
		return lines, nil
	}
	if c.mark.Next > 0 && c.chunks == 0 {
		var err error
		if c.chunks, err = p.chunks(ctx, c.partition); err != nil {
			return nil, err
		}
	}
	placed := make([]orderlog.Line, len(lines)) // the log may go on using its own
	for i := range lines {
		placed[i] = lines[i].InPlace(c.chunks)
	}
	return placed, nil
}

// chunks is how many records the state has that the log begins with; a line that is not
// kept any more, or cannot be read, begins with nothing.
func (p *Projector) chunks(ctx context.Context, partition int32) (int64, error) {
	first, err := p.log.Read(ctx, partition, 0, 1)
	if errors.Is(err, sale.ErrDamaged) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return first[0].Chunks(), nil
}

// Check returns ErrDamaged if the store has not been filled from this log. It
// belongs before anything is appended: with records behind a cut the log would
// look whole again.
func (p *Projector) Check(ctx context.Context, partition int32) error {
	return p.seek(ctx, NewCursor(partition))
}

// CheckState returns ErrDamaged if the log ends before the last chunk of the state that it
// begins with. Whoever wrote that, a restore or a recovery, was ended, and what
// follows it would be folded into half a sale.
func (p *Projector) CheckState(ctx context.Context, partition int32) error {
	first, end, err := p.log.Bounds(ctx, partition)
	if err != nil || first > 0 || end == 0 {
		return err
	}
	of, err := p.chunks(ctx, partition)
	if err == nil && end < of {
		return fmt.Errorf("%w: partition %d of the log begins with a state of %d records, and ends behind %d of them: a restore or a recovery was broken off. "+
			"Empty the folder, or the tables and the topic, and restore anew; or put back the tables of before, and recover", sale.ErrDamaged, partition, of, end)
	}
	return err
}

// seek takes the position from the store and checks that it is of this log.
func (p *Projector) seek(ctx context.Context, c *Cursor) error {
	mark, err := p.store.Mark(ctx, c.partition)
	if err != nil {
		return err
	}
	source, err := p.log.Source(ctx, c.partition)
	if err != nil {
		return err
	}
	first, end, err := p.log.Bounds(ctx, c.partition)
	if err != nil {
		return err
	}
	kept := mark.Source
	switch {
	case mark == (orderstore.Mark{}): // never projected
	case kept.Cluster != source.Cluster || kept.Topic != source.Topic:
		return fmt.Errorf("%w: the store was filled from the log %s, and this is %s", sale.ErrDamaged, path.Join(kept.Cluster, kept.Topic), path.Join(source.Cluster, source.Topic))
	case kept.Leader > source.Leader:
		return fmt.Errorf("%w: the store has folded leader epoch %d of partition %d, and the log is at %d", sale.ErrDamaged, kept.Leader, c.partition, source.Leader)
	case mark.Next > end:
		return fmt.Errorf("%w: the store has folded partition %d up to %d, and the log ends at %d", sale.ErrDamaged, c.partition, mark.Next, end)
	}
	fits, err := mark.Fits(ctx, p.log, c.partition, first)
	if err != nil {
		return err
	}
	if !fits {
		return fmt.Errorf("%w: partition %d of the log holds another record at offset %d than the store has folded there: the log was cut off, and grew again",
			sale.ErrDamaged, c.partition, mark.Next-1)
	}
	c.mark, c.source, c.sought = mark, source, true
	return nil
}

// asOneBatch cuts lines before the first of those behind the first that needs to see
// what those before it leave in the table: an opening, which asks for the most that
// anybody holds, and an order under an id that another product's order has here. A
// chunk of a state is large, and a batch by itself.
func asOneBatch(lines []orderlog.Line) []orderlog.Line {
	mixed := slices.ContainsFunc(lines, func(l orderlog.Line) bool { return l.Product != lines[0].Product })
	products := map[sale.OrderID]string{} // of the orders, if there is more than one
	for i := range lines {
		l := &lines[i]
		if l.Poison != nil {
			continue
		}
		switch {
		case l.Record.Kind == sale.KindState:
			return lines[:max(i, 1)]
		case l.Record.Kind == sale.KindOpening && i > 0:
			return lines[:i]
		case l.Record.Kind == sale.KindOrder && mixed:
			if other, known := products[l.Record.OrderID]; known && other != l.Product {
				return lines[:i]
			}
			products[l.Record.OrderID] = l.Product
		}
	}
	return lines
}
