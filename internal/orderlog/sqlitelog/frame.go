package sqlitelog

import (
	"encoding/binary"
	"fmt"

	"seckill/internal/orderlog"
	"seckill/internal/sale"
)

// A frame is one record as a row holds it, and stands in it as
//
//	size of what follows, 4 bytes, little-endian
//	version, uvarint
//	epoch, varint
//	kind, product: uvarint length and bytes
//	body: the rest
type frame struct {
	version       int
	epoch         int64
	kind, product []byte
	body          []byte
}

func appendRecord(b []byte, r *sale.Record) []byte {
	start := len(b)
	b = appendHead(b, r.Kind, sale.Version, r.Epoch, r.ProductID)
	return setSize(r.AppendBody(b), start)
}

func appendHead(b []byte, kind sale.Kind, version int, epoch int64, product string) []byte {
	b = append(b, 0, 0, 0, 0)
	b = binary.AppendUvarint(b, uint64(version))
	b = binary.AppendVarint(b, epoch)
	b = append(binary.AppendUvarint(b, uint64(len(kind))), kind...)
	return append(binary.AppendUvarint(b, uint64(len(product))), product...)
}

// setSize completes the frame that begins at start and ends with b.
func setSize(b []byte, start int) []byte {
	binary.LittleEndian.PutUint32(b[start:], uint32(len(b)-start-4))
	return b
}

// cutFrame splits the first frame off a row's frames.
func cutFrame(frames []byte) (first, rest []byte, ok bool) {
	if len(frames) < 4 {
		return nil, nil, false
	}
	size := uint64(binary.LittleEndian.Uint32(frames))
	if uint64(len(frames)-4) < size {
		return nil, nil, false
	}
	return frames[4 : 4+size], frames[4+size:], true
}

func (f *frame) parse(b []byte) bool {
	version, n := binary.Uvarint(b)
	if n <= 0 {
		return false
	}
	b = b[n:]
	epoch, n := binary.Varint(b)
	if n <= 0 {
		return false
	}
	f.version, f.epoch = int(version), epoch
	var ok bool
	if f.kind, b, ok = cutText(b[n:]); !ok {
		return false
	}
	f.product, f.body, ok = cutText(b)
	return ok
}

func cutText(b []byte) (text, rest []byte, ok bool) {
	size, n := binary.Uvarint(b)
	if n <= 0 || uint64(len(b)-n) < size {
		return nil, nil, false
	}
	return b[n : n+int(size)], b[n+int(size):], true
}

// line makes the frame a line, which keeps nothing of its bytes.
func (f *frame) line(offset int64) orderlog.Line {
	r, err := sale.ParseRecord(kindOf(f.kind), f.version, f.epoch, f.body)
	if err == nil && r.ProductID == string(f.product) {
		return orderlog.Line{Offset: offset, Product: r.ProductID, Record: r}
	}
	if err == nil {
		err = fmt.Errorf("%w: product_id %q under the key %q", sale.ErrPoison, r.ProductID, f.product)
	}
	l := orderlog.Line{Offset: offset, Poison: err, Raw: append([]byte{}, f.body...)}
	if sale.CheckID(f.product) {
		l.Product = string(f.product)
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
