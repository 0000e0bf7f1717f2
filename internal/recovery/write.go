package recovery

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"time"

	"seckill/internal/crash"
	"seckill/internal/orderlog"
	"seckill/internal/orderstore"
	"seckill/internal/projector"
	"seckill/internal/sale"
)

// Settle gives the tables what they lack of the partitions in which the log is theirs:
// it is the last use of that log.
func (p *Plan) Settle(ctx context.Context) error {
	if p.log == nil {
		return nil
	}
	for _, partition := range p.partitions() {
		if p.wrong[partition] != "" {
			continue
		}
		mark, err := Fold(ctx, p.log, p.store, partition)
		if err != nil {
			return err
		}
		p.marks[partition] = mark
	}
	return nil
}

// Fold gives the tables all that a partition of their log has now, and returns how far
// that is.
func Fold(ctx context.Context, log orderlog.Reader, store orderstore.Writer, partition int32) (orderstore.Mark, error) {
	_, end, err := log.Bounds(ctx, partition)
	if err != nil {
		return orderstore.Mark{}, err
	}
	folds, c := projector.New(log, store, nil, nobody{}), projector.NewCursor(partition)
	for {
		mark, err := store.Mark(ctx, partition)
		if err != nil || mark.Next >= end {
			return mark, err
		}
		if _, err := folds.Step(ctx, c); err != nil {
			return mark, err
		}
	}
}

// nobody watches what is folded.
type nobody struct{}

func (nobody) Projected([]*sale.State, int) {}
func (nobody) Returned(string)              {}

// A Log is what the state is written to: empty, and with as many partitions as the plan asks for.
type Log interface {
	orderlog.Appender
	orderlog.Reader
}

// Write writes the tables into an empty log, and returns how far they will then have
// folded it. ErrMoved: somebody is at work on them.
func (p *Plan) Write(ctx context.Context, log Log, now time.Time) (to map[int32]orderstore.Mark, err error) {
	allow := orderlog.AskOnce(p.store.Allow)
	w := &writer{at: now, from: p.marks, begins: p.recovery, put: func(partition int32, state sale.Record) error {
		if err := allow(ctx, state.Version()); err != nil {
			return err
		}
		at, err := log.Append(ctx, partition, []sale.Record{state})
		crash.At("recovery: a chunk is appended")
		if n := state.Chunk.Number; err == nil && at.Offset != n-1 {
			err = fmt.Errorf("%w: chunk %d came to be at offset %d: somebody writes into the log", sale.ErrDamaged, n, at.Offset)
		}
		return err
	}}
	if _, err = w.write(ctx, p.store); err == nil {
		to, err = w.written(ctx, log)
	}
	crash.At("recovery: the state is written")
	return to, err
}

// recovery is what the state of a partition begins with.
func (p *Plan) recovery(partition int32) *sale.Recovery {
	why := cmp.Or(p.wrong[partition], p.damage, "other partitions of the log were not those of the tables")
	return &sale.Recovery{Why: []string{why}, Lost: p.lost[partition]}
}

// Export gives keep the tables as the state that a log may begin with, which says why,
// and returns how far they have been folded.
func Export(ctx context.Context, store orderstore.Keeper, why string, now time.Time, keep func(partition int32, state sale.Record) error) (map[int32]orderstore.Mark, error) {
	w := &writer{at: now, put: keep, begins: func(int32) *sale.Recovery { return &sale.Recovery{Why: []string{why}} }}
	return w.write(ctx, store)
}

// Renew has the tables continue with the log that Write has filled, or empties them
// if that is the plan.
func (p *Plan) Renew(ctx context.Context, to map[int32]orderstore.Mark) error {
	err := p.store.Renew(ctx, p.marks, to)
	crash.At("recovery: the tables are renewed")
	return err
}

// A writer writes the state of one snapshot.
type writer struct {
	at     time.Time
	from   map[int32]orderstore.Mark            // how far the tables must have been folded; nil: however far
	begins func(partition int32) *sale.Recovery // its first chunk
	put    func(partition int32, state sale.Record) error

	snapshot orderstore.Snapshot
	secret   string

	of, number map[int32]int64 // chunks of each partition; of those, put
}

// write puts all chunks, and returns how far the tables have been folded.
func (w *writer) write(ctx context.Context, store orderstore.Keeper) (marks map[int32]orderstore.Mark, err error) {
	secret, err := store.Meta(ctx, "secret", nil)
	if err != nil {
		return nil, err
	}
	w.secret, w.at = hex.EncodeToString(secret), w.at.UTC().Truncate(time.Millisecond)
	err = store.Audit(ctx, func(s orderstore.Snapshot) error {
		w.snapshot = s
		if marks, err = s.Marks(); err != nil {
			return err
		}
		if w.from != nil && !maps.Equal(marks, w.from) {
			return fmt.Errorf("%w: somebody folds into the tables", sale.ErrMoved)
		}
		products, err := s.Products()
		if err != nil {
			return err
		}
		return w.state(marks, products)
	})
	return marks, err
}

func (w *writer) state(marks map[int32]orderstore.Mark, products []sale.Product) error {
	w.of, w.number = map[int32]int64{}, map[int32]int64{}
	for i := range products {
		w.of[products[i].Partition] += chunks(&products[i])
	}
	money, err := w.payments(marks)
	if err != nil {
		return err
	}
	for i := range products {
		if err := w.product(products[i]); err != nil {
			return err
		}
	}
	for _, c := range money {
		product := &sale.Product{ID: c.Payments[0].ProductID, Partition: c.Payments[0].Partition}
		if i := slices.IndexFunc(products, func(p sale.Product) bool { return p.ID == product.ID }); i >= 0 {
			product = &products[i]
		}
		if err := w.chunk(product, c); err != nil {
			return err
		}
	}
	return nil
}

// written is how far tables are that have folded all chunks, which stand in log.
func (w *writer) written(ctx context.Context, log orderlog.Reader) (map[int32]orderstore.Mark, error) {
	to := map[int32]orderstore.Mark{}
	for partition, of := range w.of {
		lines, err := log.Read(ctx, partition, of-1, 1)
		if err != nil {
			return nil, err
		}
		source, err := log.Source(ctx, partition)
		if err != nil {
			return nil, err
		}
		source.Leader = lines[0].Leader
		to[partition] = orderstore.Mark{Next: of, Sum: lines[0].Sum, Source: source}
	}
	return to, nil
}

// payments are the chunks of all payments, behind those of the products.
func (w *writer) payments(marks map[int32]orderstore.Mark) (all []*sale.Chunk, err error) {
	for partition := range marks {
		var c *sale.Chunk
		err := w.snapshot.Payments(partition, func(m sale.Payment) error {
			if c == nil || len(c.Payments) == sale.MaxChunk || c.Payments[0].ProductID != m.ProductID {
				c = &sale.Chunk{}
				all = append(all, c)
				w.of[partition]++
			}
			c.Payments = append(c.Payments, m)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// chunks is how many a product needs; entries of its history have their own.
func chunks(p *sale.Product) int64 {
	return max(1, ceil(rows(p)+p.LastReturn, sale.MaxChunk)) + ceil(p.LastEntry, sale.MaxChunkHistory)
}

func ceil(n, of int64) int64 { return (n + of - 1) / of }

// product writes one product, with all its orders and returns, and its history.
func (w *writer) product(p sale.Product) error {
	first := p
	if p.Exists() {
		first.Recounts++ // as Renew leaves it
	}
	c := &sale.Chunk{Product: &first}
	before, full := w.number[p.Partition], func() error {
		if len(c.Orders)+len(c.Returns) < sale.MaxChunk {
			return nil
		}
		err := w.chunk(&p, c)
		c = &sale.Chunk{}
		return err
	}
	err := w.snapshot.Orders(p.ID, func(o sale.Order) error {
		c.Orders = append(c.Orders, o)
		return full()
	})
	if err != nil {
		return err
	}
	err = w.snapshot.Returns(p.ID, func(r sale.Return) error {
		c.Returns = append(c.Returns, r)
		return full()
	})
	if err == nil && (c.Product != nil || len(c.Orders)+len(c.Returns) > 0) {
		err = w.chunk(&p, c)
	}
	if err == nil {
		err = w.history(&p)
	}
	if err == nil && w.number[p.Partition] != before+chunks(&p) {
		err = fmt.Errorf("%w: product %s has other rows than its counts tell", sale.ErrDamaged, p.ID)
	}
	return err
}

func (w *writer) history(p *sale.Product) error {
	c := &sale.Chunk{}
	err := w.snapshot.History(p.ID, func(e sale.HistoryEntry) error {
		if c.History = append(c.History, e); len(c.History) < sale.MaxChunkHistory {
			return nil
		}
		full := c
		c = &sale.Chunk{}
		return w.chunk(p, full)
	})
	if err == nil && len(c.History) > 0 {
		err = w.chunk(p, c)
	}
	return err
}

func (w *writer) chunk(p *sale.Product, c *sale.Chunk) error {
	w.number[p.Partition]++
	c.Number, c.Of = w.number[p.Partition], w.of[p.Partition]
	if c.Number == 1 {
		c.Recovery = w.begins(p.Partition)
	}
	return w.put(p.Partition, sale.Record{Kind: sale.KindState, ProductID: p.ID, Epoch: p.Epoch, At: w.at, Secret: w.secret, Chunk: c})
}
