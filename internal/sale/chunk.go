package sale

// MaxChunk is how many orders and returns one chunk may have, and MaxChunkHistory how
// many entries of a history, which may be as long as the terms.
const (
	MaxChunk        = 1000
	MaxChunkHistory = 20
)

// A Chunk is a part of the state of tables, with which the log begins that
// continues them: a new generation of the log. The chunks of a partition are its
// first records, in order, and those of one product stand together.
type Chunk struct {
	Number, Of int64     // 1..Of, at the offset Number-1 of the partition
	Recovery   *Recovery // of the partition's first
	Product    *Product  // of a product's first
	Orders     []Order   // rejected ones, which have no number, first; then by number
	Returns    []Return  // by number, each behind its order
	History    []HistoryEntry
	Payments   []Payment // by id, in chunks of their own; those of a product that never was have the epoch 0
}

// A Recovery is why a log begins with the state of tables.
type Recovery struct {
	Why  []string // what was wrong with the log before
	Lost []string // what only that log had
}

// beforeTheLog is the offset of orders that a state brought.
const beforeTheLog = -1

// restore takes a chunk of the state that the log begins with.
func (s *State) restore(r Record, at Position) Outcome {
	p, c := &s.Product, r.Chunk
	first := c.Product != nil
	if len(c.Payments) > 0 {
		return s.restorePayments(r, at)
	}
	if at.Offset != c.Number-1 || first != (p.Epoch == 0) || !first && r.Epoch != p.Epoch {
		return Astray
	}
	for i := range c.Orders {
		if id := c.Orders[i].ID; s.foreign[id] || s.orders[id] != nil {
			return Astray
		}
	}
	if first {
		id, partition := p.ID, p.Partition
		*p = *c.Product
		p.ID, p.Partition = id, partition
	}
	for i := range c.Orders {
		o := c.Orders[i]
		o.Position = Position{Partition: at.Partition, Offset: beforeTheLog}
		s.put(&o)
	}
	s.returns = append(s.returns, c.Returns...)
	s.history = append(s.history, c.History...)
	return Applied
}

// restorePayments takes a chunk of payments.
func (s *State) restorePayments(r Record, at Position) Outcome {
	if at.Offset != r.Chunk.Number-1 || r.Epoch != s.Product.Epoch {
		return Astray
	}
	for i := range r.Chunk.Payments {
		if s.payments.byID[r.Chunk.Payments[i].ID] != nil {
			return Astray
		}
	}
	for _, m := range r.Chunk.Payments {
		m.Partition = at.Partition
		s.payments.keep(&m)
	}
	return Applied
}
