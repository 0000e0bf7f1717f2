package sqlitelog

import (
	"encoding/binary"

	"seckill/internal/orderlog"
	"seckill/internal/sale"
)

// A record stands in a row as a frame:
//
//	size of what follows, 4 bytes, little-endian
//	version, uvarint
//	epoch, varint
//	kind, product: uvarint length and bytes
//	body: the rest

func appendRecord(b []byte, r *sale.Record) []byte {
	start := len(b)
	b = appendHead(b, r.Kind, r.Version(), r.Epoch, r.ProductID)
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

// parseFrame reads a frame behind its size. The result points into b.
func parseFrame(b []byte) (w orderlog.Written, ok bool) {
	version, n := binary.Uvarint(b)
	if n <= 0 {
		return w, false
	}
	b = b[n:]
	epoch, n := binary.Varint(b)
	if n <= 0 {
		return w, false
	}
	w.Version, w.Epoch = int(version), epoch
	if w.Kind, b, ok = cutText(b[n:]); !ok {
		return w, false
	}
	w.Product, w.Body, ok = cutText(b)
	return w, ok
}

func cutText(b []byte) (text, rest []byte, ok bool) {
	size, n := binary.Uvarint(b)
	if n <= 0 || uint64(len(b)-n) < size {
		return nil, nil, false
	}
	return b[n : n+int(size)], b[n+int(size):], true
}
