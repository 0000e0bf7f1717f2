package orderlog

import (
	"bytes"
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

// Line makes of it the line at offset, which keeps nothing of its bytes. Every
// keeper reads by this one rule: what sale.ParseRecord refuses is poison, and so
// is a record of another product than its key's.
func (w *Written) Line(offset int64) Line {
	r, err := sale.ParseRecord(kindOf(w.Kind), w.Version, w.Epoch, w.Body)
	if err == nil && r.ProductID == string(w.Product) {
		return Line{Offset: offset, Product: r.ProductID, Record: r}
	}
	if err == nil {
		err = fmt.Errorf("%w: product_id %q under the key %q", sale.ErrPoison, r.ProductID, w.Product)
	}
	l := Line{Offset: offset, Poison: err, Raw: bytes.Clone(w.Body)}
	if sale.CheckID(w.Product) {
		l.Product = string(w.Product)
	}
	return l
}

// kindOf is the kind in b, without a copy where it is a known one.
func kindOf(b []byte) sale.Kind {
	for _, k := range [...]sale.Kind{sale.KindOrder, sale.KindPay, sale.KindCancel, sale.KindExpire, sale.KindOpening} {
		if string(b) == string(k) {
			return k
		}
	}
	return sale.Kind(b)
}
