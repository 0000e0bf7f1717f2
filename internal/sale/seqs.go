package sale

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// noteApplied notes that the fold has applied an order of this epoch, whatever became of it.
// Nearly always it is the next one; behind a tail of the log that was lost, all are
// beyond one gap.
func (p *Product) noteApplied(seq int64) {
	switch {
	case seq <= p.Applied, p.Applied < 0:
		return
	case seq == p.Applied+1 && p.Ahead == "":
		p.Applied = seq
		return
	}
	ahead := parseRanges(p.Ahead)
	at, _ := slices.BinarySearchFunc(ahead, seq, func(r seqRange, seq int64) int { return cmp.Compare(r.from, seq) })
	ahead = slices.Insert(ahead, at, seqRange{seq, seq})
	joined := ahead[:1]
	for _, r := range ahead[1:] {
		if last := &joined[len(joined)-1]; r.from <= last.to+1 {
			last.to = max(last.to, r.to)
		} else {
			joined = append(joined, r)
		}
	}
	if joined[0].from == p.Applied+1 {
		p.Applied, joined = joined[0].to, joined[1:]
	}
	p.Ahead = formatRanges(joined)
}

type seqRange struct{ from, to int64 }

func parseRanges(text string) (ranges []seqRange) {
	for word := range strings.FieldsSeq(text) {
		from, to, _ := strings.Cut(word, "-")
		var r seqRange
		r.from, _ = strconv.ParseInt(from, 10, 64) // formatRanges wrote it
		r.to, _ = strconv.ParseInt(to, 10, 64)
		ranges = append(ranges, r)
	}
	return ranges
}

func formatRanges(ranges []seqRange) string {
	var text []byte
	for i, r := range ranges {
		if i > 0 {
			text = append(text, ' ')
		}
		text = strconv.AppendInt(text, r.from, 10)
		text = append(text, '-')
		text = strconv.AppendInt(text, r.to, 10)
	}
	return string(text)
}
