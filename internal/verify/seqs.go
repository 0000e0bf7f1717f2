package verify

import (
	"seckill/internal/orderlog"
	"seckill/internal/sale"
)

// seqs is which orders of a product's current epoch the log holds, by seq.
type seqs struct {
	epoch int64
	nonce string
	begun bool // the opening of the epoch was met
	ids   map[int64]sale.OrderID
}

// note takes what a record says of the epoch. What stands before its opening
// cannot take effect in it.
func (s *seqs) note(d *draft, partition int32, l *orderlog.Line) {
	r := &l.Record
	switch {
	case r.Epoch != s.epoch:
	case r.Kind == sale.KindOpening && r.Nonce == s.nonce:
		s.begun = true
	case r.Kind == sale.KindOrder && s.begun:
		s.add(d, r, at(sale.Position{Partition: partition, Offset: l.Offset}))
	}
}

// add notes one order. The same order twice is fine: appends are repeated.
func (s *seqs) add(d *draft, r *sale.Record, where Statement) {
	id, known := s.ids[r.Seq]
	if known && id != r.OrderID {
		d.find(seqOfTwo.of(id, r.OrderID), r.ProductID, where, Number{"seq", r.Seq})
		return
	}
	s.ids[r.Seq] = r.OrderID
}

// through counts how many of 1..last are there, and names the first that is not.
func (s *seqs) through(last int64) (there, missing int64) {
	for seq := range s.ids {
		if seq >= 1 && seq <= last {
			there++
		}
	}
	if there == last {
		return there, 0
	}
	for missing = 1; ; missing++ {
		if _, known := s.ids[missing]; !known {
			return there, missing
		}
	}
}
