package sqlitelog

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"seckill/internal/sale"
)

func aRow() []byte {
	order := sale.Record{Kind: sale.KindOrder, ProductID: "1", Epoch: 3, UserID: "u", Seq: 7, At: time.UnixMilli(1_778_000_000_000).UTC()}
	pay := sale.Record{Kind: sale.KindPay, ProductID: "1", Epoch: 3, At: order.At}
	return appendRecord(appendRecord(nil, &order), &pay)
}

// Any bytes are so many records, poison, or damage, or some of them and then a newer program's; and a record that is read is
// written as one that is read again.
func FuzzRow(f *testing.F) {
	f.Add(aRow(), uint16(2))
	f.Add(aRow(), uint16(3))
	f.Add(aRow()[:9], uint16(1))
	f.Add([]byte{0, 0, 0, 0}, uint16(1))
	f.Add([]byte{255, 255, 255, 255, 1}, uint16(1))
	f.Fuzz(func(t *testing.T, frames []byte, count uint16) {
		r := &row{first: 10, count: int64(count), frames: bytes.Clone(frames)}
		lines, err := r.lines(nil, r.first, int(count))
		if err != nil && !errors.Is(err, sale.ErrNewer) {
			if !errors.As(err, new(damage)) || lines != nil {
				t.Errorf("%d lines, %v", len(lines), err)
			}
			return
		}
		clear(r.frames) // a line keeps nothing of them
		for i, l := range lines {
			if l.Offset != r.first+int64(i) {
				t.Errorf("line %d is at %d", i, l.Offset)
			}
			if l.Poison != nil {
				if !errors.Is(l.Poison, sale.ErrPoison) {
					t.Error(l.Poison)
				}
				continue
			}
			again := &row{count: 1, frames: appendRecord(nil, &l.Record)}
			if got, err := again.lines(nil, 0, 1); err != nil || got[0].Record != l.Record || got[0].Product != l.Product {
				t.Errorf("%+v comes back as %+v, %v", l, got, err)
			}
		}
	})
}
