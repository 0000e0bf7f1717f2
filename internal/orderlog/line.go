package orderlog

import (
	"bytes"
	"errors"
	"fmt"

	"seckill/internal/sale"
)

// A Written is a record as a keeper finds it: its key and headers, and its body.
type Written struct {
	Product []byte // the key
	Kind    []byte
	Version int
	Epoch   int64
	Body    []byte
}

// Line makes of it the line that stands there, which keeps nothing of its bytes.
// Every keeper reads by this one rule: a record of a version above this program's
// is ErrNewer; what sale.ParseRecord refuses else is poison, and so is a record of
// another product than its key's.
func (w *Written) Line(at sale.Position) (Line, error) {
	r, err := sale.ParseRecord(kindOf(w.Kind), w.Version, w.Epoch, w.Body)
	if errors.Is(err, sale.ErrNewer) {
		return Line{}, fmt.Errorf("the log at partition %d, offset %d: %w: start a newer one", at.Partition, at.Offset, err)
	}
	if err == nil && r.ProductID == string(w.Product) {
		return Line{Offset: at.Offset, Product: r.ProductID, Record: r}, nil
	}
	if err == nil {
		err = fmt.Errorf("%w: product_id %q under the key %q", sale.ErrPoison, r.ProductID, w.Product)
	}
	l := Line{Offset: at.Offset, Poison: err, Raw: bytes.Clone(w.Body)}
	if sale.CheckID(w.Product) {
		l.Product = string(w.Product)
	}
	return l, nil
}

// Readable is what a keeper's Read returns if err has ended it after these lines: a
// record of a newer program keeps nobody from those before it.
func Readable(lines []Line, err error) ([]Line, error) {
	if err == nil || len(lines) > 0 && errors.Is(err, sale.ErrNewer) {
		return lines, nil
	}
	return nil, err
}

// kindOf is the kind in b, without a copy if it is a known one.
func kindOf(b []byte) sale.Kind {
	for _, k := range [...]sale.Kind{sale.KindOrder, sale.KindPay, sale.KindCancel, sale.KindExpire, sale.KindOpening, sale.KindState} {
		if string(b) == string(k) {
			return k
		}
	}
	return sale.Kind(b)
}

// Chunks is how many records the state has that a log begins with whose first line
// this is; 0: it begins with none.
func (l *Line) Chunks() int64 {
	if l.Offset != 0 || l.Poison != nil || l.Record.Kind != sale.KindState || l.Record.Chunk.Number != 1 {
		return 0
	}
	return l.Record.Chunk.Of
}

// InPlace is the line itself, or poison if it is a chunk of a state that is none of
// the chunks that the log begins with.
func (l *Line) InPlace(chunks int64) Line {
	if l.Poison != nil || l.Record.Kind != sale.KindState {
		return *l
	}
	if c := l.Record.Chunk; c.Number == l.Offset+1 && c.Of == chunks {
		return *l
	}
	return Line{
		Offset: l.Offset, Product: l.Product, Leader: l.Leader, Sum: l.Sum,
		Poison: fmt.Errorf("%w: chunk %d of %d of a state, which does not belong here", sale.ErrPoison, l.Record.Chunk.Number, l.Record.Chunk.Of),
		Raw:    l.Record.AppendBody(nil),
	}
}
