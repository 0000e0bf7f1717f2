package verify

import (
	"fmt"
	"slices"
	"strings"

	"seckill/internal/orderlog"
	"seckill/internal/sale"
)

// inPlace makes poison of chunks of a state that the log does not begin with, as who
// fills the tables does, and finds chunks that are not where they belong. It notes
// the recovery that the state came from.
func (a *partitionAudit) inPlace(lines []orderlog.Line) []orderlog.Line {
	if lines[0].Offset == 0 {
		a.chunks = lines[0].Chunks()
	}
	lines = slices.Clone(lines) // the log may go on using its own
	for i := range lines {
		l := &lines[i]
		isChunk := l.Poison == nil && l.Record.Kind == sale.KindState
		if isChunk && a.chunks == 0 && (l.Offset == 0 || l.Record.Chunk.Number == l.Offset+1) {
			a.misses(l, 1, l.Record.Chunk.Of)
			a.chunks = -1 // said once
		}
		*l = l.InPlace(a.chunks)
		if l.Offset < a.chunks && (l.Poison != nil || !isChunk) {
			a.misses(l, l.Offset+1, a.chunks)
		}
		if l.Poison == nil && isChunk && l.Record.Chunk.Recovery != nil {
			a.recovered(&l.Record)
		}
	}
	return lines
}

func (a *partitionAudit) misses(l *orderlog.Line, chunk, of int64) {
	a.find(chunkMissing.of(chunk, of), "", at(sale.Position{Partition: a.partition, Offset: l.Offset}))
}

func (a *partitionAudit) recovered(r *sale.Record) {
	c := r.Chunk
	words := fmt.Sprintf("partition %d of the log begins, at %s, with the state of the tables (%s); what was wrong before: %s",
		a.partition, instant(r.At), sale.FormatCount(c.Of, "chunk"), strings.Join(c.Recovery.Why, "; "))
	if len(c.Recovery.Lost) > 0 {
		words += "; lost: " + strings.Join(c.Recovery.Lost, "; ")
	}
	a.r.Recovered = append(a.r.Recovered, Recovery{a.partition, instant(r.At), c.Of, c.Recovery.Why, c.Recovery.Lost, words})
}
