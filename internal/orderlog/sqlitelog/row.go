package sqlitelog

import (
	"encoding/binary"
	"hash/crc32"

	"seckill/internal/orderlog"
	"seckill/internal/sale"
)

// A row is one commit: its records have the offsets first … first+count-1.
type row struct {
	first, count int64
	before       uint32 // the sum of the row before; of the first row, of the log's id
	sum          uint32 // over all the rest
	frames       []byte
}

func (r *row) end() int64 { return r.first + r.count }

func (r *row) has(offset int64) bool { return r.first <= offset && offset < r.end() }

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sumOfID is where a log's chain begins, so that the rows of one log are none of another's.
func sumOfID(id string) uint32 { return crc32.Checksum([]byte(id), castagnoli) }

func (r *row) checksum() uint32 {
	var head [20]byte
	binary.LittleEndian.PutUint64(head[:], uint64(r.first))
	binary.LittleEndian.PutUint64(head[8:], uint64(r.count))
	binary.LittleEndian.PutUint32(head[16:], r.before)
	return crc32.Update(crc32.Checksum(head[:], castagnoli), castagnoli, r.frames)
}

// scan reads the row from the columns that selectRows and selectChain name. It
// only converts them, so what it cannot is damage.
func (r *row) scan(rows interface{ Scan(...any) error }, frames any) error {
	if err := rows.Scan(&r.first, &r.count, &r.before, &r.sum, frames); err != nil {
		return damaged("the row at offset %d: %v", r.first, err)
	}
	return nil
}

// check says whether the row is whole and begins at offset first, as the one
// after a row with the sum before.
func (r *row) check(first int64, before uint32) error {
	switch {
	case r.first != first:
		return damaged("the row at offset %d is missing, the next one begins at %d", first, r.first)
	case r.before != before:
		return damaged("the row at offset %d does not continue the row before it (sum %08x, not %08x)",
			r.first, before, r.before)
	}
	return r.checkSum()
}

// follow says whether the row is whole and, if there is a last, comes after it.
func (r *row) follow(last *row) error {
	if last == nil {
		return r.checkSum()
	}
	return r.check(last.end(), last.sum)
}

func (r *row) checkSum() error {
	if got := r.checksum(); got != r.sum || r.count < 1 {
		return damaged("the row at offset %d, of %d records, has the sum %08x, not %08x",
			r.first, r.count, got, r.sum)
	}
	return nil
}

// lineSum is the row's sum, which stands for all that is before it too, and is never 0.
func (r *row) lineSum() uint32 { return max(1, r.sum) }

// lines appends the row's lines from offset from on until there are max, or one is
// ErrNewer.
func (r *row) lines(lines []orderlog.Line, from int64, max int) ([]orderlog.Line, error) {
	rest := r.frames
	for offset := r.first; offset < r.end() && len(lines) < max; offset++ {
		one, next, ok := cutFrame(rest)
		if rest = next; ok && offset < from {
			continue
		}
		record, whole := parseFrame(one)
		if !ok || !whole {
			return nil, damaged("the row at offset %d holds no record at offset %d", r.first, offset)
		}
		line, err := record.Line(sale.Position{Offset: offset})
		if err != nil {
			return lines, err
		}
		line.Sum = r.lineSum()
		lines = append(lines, line)
	}
	return lines, nil
}
