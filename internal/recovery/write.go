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
	folds := projector.New(p.log, p.store, nil, nobody{})
	for _, partition := range p.partitions() {
		if p.wrong[partition] != "" {
			continue
		}
		_, end, err := p.log.Bounds(ctx, partition)
		if err != nil {
			return err
		}
		c := projector.NewCursor(partition)
		for {
			mark, err := p.store.Mark(ctx, partition)
			if err != nil {
				return err
			}
			p.marks[partition] = mark
			if mark.Next >= end {
				break
			}
			if _, err := folds.Step(ctx, c); err != nil {
				return err
			}
		}
	}
	return nil
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
	secret, err := p.store.Meta(ctx, "secret", nil)
	if err != nil {
		return nil, err
	}
	to = map[int32]orderstore.Mark{}
	err = p.store.Audit(ctx, func(s orderstore.Snapshot) error {
		marks, err := s.Marks()
		if err != nil {
			return err
		}
		if !maps.Equal(marks, p.marks) {
			return fmt.Errorf("%w: somebody folds into the tables", sale.ErrMoved)
		}
		products, err := s.Products()
		if err != nil {
			return err
		}
		w := &writer{plan: p, log: log, allow: orderlog.AskOnce(p.store.Allow), snapshot: s, secret: hex.EncodeToString(secret), at: now.UTC().Truncate(time.Millisecond)}
		return w.write(ctx, products, to)
	})
	crash.At("recovery: the state is written")
	return to, err
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
	plan     *Plan
	log      Log
	allow    orderlog.Allow
	snapshot orderstore.Snapshot
	secret   string
	at       time.Time

	of, number map[int32]int64 // chunks of each partition; of those, written
}

func (w *writer) write(ctx context.Context, products []sale.Product, to map[int32]orderstore.Mark) error {
	w.of, w.number = map[int32]int64{}, map[int32]int64{}
	for i := range products {
		w.of[products[i].Partition] += chunks(&products[i])
	}
	money, err := w.payments()
	if err != nil {
		return err
	}
	for i := range products {
		if err := w.product(ctx, products[i]); err != nil {
			return err
		}
	}
	for _, c := range money {
		product := &sale.Product{ID: c.Payments[0].ProductID, Partition: c.Payments[0].Partition}
		if i := slices.IndexFunc(products, func(p sale.Product) bool { return p.ID == product.ID }); i >= 0 {
			product = &products[i]
		}
		if err := w.chunk(ctx, product, c); err != nil {
			return err
		}
	}
	for partition, of := range w.of {
		lines, err := w.log.Read(ctx, partition, of-1, 1)
		if err != nil {
			return err
		}
		source, err := w.log.Source(ctx, partition)
		if err != nil {
			return err
		}
		source.Leader = lines[0].Leader
		to[partition] = orderstore.Mark{Next: of, Sum: lines[0].Sum, Source: source}
	}
	return nil
}

// payments are the chunks of all payments, behind those of the products.
func (w *writer) payments() (all []*sale.Chunk, err error) {
	for partition := range w.plan.marks {
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
func (w *writer) product(ctx context.Context, p sale.Product) error {
	first := p
	if p.Exists() {
		first.Recounts++ // as Renew leaves it
	}
	c := &sale.Chunk{Product: &first}
	before, full := w.number[p.Partition], func() error {
		if len(c.Orders)+len(c.Returns) < sale.MaxChunk {
			return nil
		}
		err := w.chunk(ctx, &p, c)
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
		err = w.chunk(ctx, &p, c)
	}
	if err == nil {
		err = w.history(ctx, &p)
	}
	if err == nil && w.number[p.Partition] != before+chunks(&p) {
		err = fmt.Errorf("%w: product %s has other rows than its counts tell", sale.ErrDamaged, p.ID)
	}
	return err
}

func (w *writer) history(ctx context.Context, p *sale.Product) error {
	c := &sale.Chunk{}
	err := w.snapshot.History(p.ID, func(e sale.HistoryEntry) error {
		if c.History = append(c.History, e); len(c.History) < sale.MaxChunkHistory {
			return nil
		}
		full := c
		c = &sale.Chunk{}
		return w.chunk(ctx, p, full)
	})
	if err == nil && len(c.History) > 0 {
		err = w.chunk(ctx, p, c)
	}
	return err
}

func (w *writer) chunk(ctx context.Context, p *sale.Product, c *sale.Chunk) error {
	w.number[p.Partition]++
	c.Number, c.Of = w.number[p.Partition], w.of[p.Partition]
	if c.Number == 1 {
		why := cmp.Or(w.plan.wrong[p.Partition], w.plan.damage, "other partitions of the log were not those of the tables")
		c.Recovery = &sale.Recovery{Why: []string{why}, Lost: w.plan.lost[p.Partition]}
	}
	state := sale.Record{Kind: sale.KindState, ProductID: p.ID, Epoch: p.Epoch, At: w.at, Secret: w.secret, Chunk: c}
	if err := w.allow(ctx, state.Version()); err != nil {
		return err
	}
	at, err := w.log.Append(ctx, p.Partition, []sale.Record{state})
	crash.At("recovery: a chunk is appended")
	if err == nil && at.Offset != c.Number-1 {
		err = fmt.Errorf("%w: chunk %d came to be at offset %d: somebody writes into the log", sale.ErrDamaged, c.Number, at.Offset)
	}
	return err
}
