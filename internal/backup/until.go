package backup

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"seckill/internal/orderlog"
	"seckill/internal/orderstore"
	"seckill/internal/recovery"
	"seckill/internal/sale"
)

// Point reads where a log is to be cut: a time, RFC 3339, after which nothing counts, or
// the last records that do, PARTITION:OFFSET,…; other partitions are kept whole. It
// returns the offset behind the last that counts, by partition.
func (b *Backup) Point(text string) (ends []int64, err error) {
	for partition, p := range b.Partitions {
		if p.First > 0 {
			return nil, fmt.Errorf("the log had lost the beginning of partition %d: it can only be restored whole", partition)
		}
		ends = append(ends, p.Next)
	}
	if t, wrong := time.Parse(time.RFC3339Nano, text); wrong == nil {
		err = b.cutAfter(t, ends)
	} else {
		err = b.cutAt(text, ends)
	}
	if err != nil {
		return nil, err
	}
	for partition, end := range ends {
		if l, err := next(b.from(b.logs[partition]), int32(partition)); err != nil {
			return nil, err
		} else if l != nil && end < l.Chunks() {
			return nil, fmt.Errorf("partition %d begins with tables of %s, which cannot be cut", partition, sale.FormatTime(l.Record.At))
		}
	}
	return ends, nil
}

// cutAfter cuts each partition before its first record that is later.
func (b *Backup) cutAfter(t time.Time, ends []int64) error {
	var first time.Time
	for partition := range ends {
		r := b.from(b.logs[partition])
		for {
			l, err := next(r, int32(partition))
			if err != nil {
				return err
			}
			if l == nil {
				break
			}
			if l.Poison != nil {
				continue
			}
			if first.IsZero() || l.Record.At.Before(first) {
				first = l.Record.At
			}
			if l.Record.At.After(t) {
				ends[partition] = l.Offset
				break
			}
		}
	}
	if first.After(t) {
		return fmt.Errorf("%s is before the sale: the first record is of %s", sale.FormatTime(t), sale.FormatTime(first))
	}
	return nil
}

var position = regexp.MustCompile(`^(0|[1-9][0-9]*):(0|[1-9][0-9]*)$`)

func (b *Backup) cutAt(text string, ends []int64) error {
	named := map[int]bool{}
	for one := range strings.SplitSeq(text, ",") {
		parts := position.FindStringSubmatch(one)
		if parts == nil {
			return fmt.Errorf("%q is neither a time, as in 2026-11-11T20:00:00Z (RFC 3339), nor a position, as in 0:8161 (PARTITION:OFFSET,…)", one)
		}
		partition, wrong := strconv.Atoi(parts[1])
		offset, wrong2 := strconv.ParseInt(parts[2], 10, 64)
		if errors.Join(wrong, wrong2) != nil || partition >= len(ends) || offset >= b.Partitions[partition].Next {
			return fmt.Errorf("%s is not in the backup, which goes to %s", one, b.Position())
		}
		if named[partition] {
			return fmt.Errorf("partition %d is named twice", partition)
		}
		named[partition], ends[partition] = true, offset+1
	}
	return nil
}

// A Past is the log of a backup up to a point, to be folded.
type Past struct {
	b       *Backup
	ends    []int64
	cursors map[int32]*cursor
}

// Past is the log up to ends.
func (b *Backup) Past(ends []int64) *Past {
	return &Past{b: b, ends: ends, cursors: map[int32]*cursor{}}
}

// Fold folds the past into an empty store, and returns the plan of a log that continues
// that. What the backup has beyond is lost by it.
func (p *Past) Fold(ctx context.Context, scratch orderstore.Keeper) (*recovery.Plan, error) {
	for key, secret := range p.b.Secrets {
		if _, err := scratch.Meta(ctx, key, secret); err != nil {
			return nil, err
		}
	}
	until := newTimed(extract{p, make([]int64, len(p.ends)), p.ends}, scratch)
	for partition := range p.ends {
		if _, err := recovery.Fold(ctx, until, until, int32(partition)); err != nil {
			return nil, err
		}
	}
	last := make([]int64, len(p.ends))
	for i, partition := range p.b.Partitions {
		last[i] = partition.Next
	}
	why := fmt.Sprintf("the sale was restored from a backup of %s, up to an earlier point of it", sale.FormatTime(p.b.At))
	return recovery.Until(ctx, extract{p, p.ends, last}, scratch, why)
}

// An extract is a log of a part of each partition. One goroutine reads it.
type extract struct {
	past       *Past
	from, ends []int64
}

func (e extract) Partitions(context.Context) (int32, error) { return int32(len(e.ends)), nil }

func (e extract) Bounds(_ context.Context, partition int32) (first, end int64, err error) {
	return e.from[partition], e.ends[partition], nil
}

func (e extract) Source(_ context.Context, partition int32) (orderlog.Source, error) {
	return e.past.b.Partitions[partition].Source, nil
}

func (e extract) Read(_ context.Context, partition int32, from int64, max int) ([]orderlog.Line, error) {
	c := e.past.cursors[partition]
	if c == nil || c.next != from {
		c = &cursor{r: e.past.b.from(e.past.b.logs[partition])}
		e.past.cursors[partition] = c
	}
	var lines []orderlog.Line
	for len(lines) < max && c.next < e.ends[partition] {
		l, err := next(c.r, partition)
		if err != nil {
			return nil, err
		}
		if l == nil {
			break
		}
		if c.next = l.Offset + 1; l.Offset < from {
			continue
		}
		lines = append(lines, *l)
	}
	if len(lines) == 0 {
		return nil, fmt.Errorf("%w: the backup has no offset %d of partition %d", sale.ErrDamaged, from, partition)
	}
	return lines, nil
}

// A cursor is a place in a partition.
type cursor struct {
	r    *reader
	next int64 // offset of what r reads next; 0: not known yet
}

// A timed log is folded into a store, which it has give each order the time of its
// record, and not that of the fold.
type timed struct {
	orderlog.Reader
	orderstore.Writer
	times map[int64]time.Time // of the orders that were read and not folded yet, by offset
}

func newTimed(log orderlog.Reader, store orderstore.Writer) timed {
	return timed{log, store, map[int64]time.Time{}}
}

func (t timed) Read(ctx context.Context, partition int32, from int64, max int) ([]orderlog.Line, error) {
	lines, err := t.Reader.Read(ctx, partition, from, max)
	for i := range lines {
		if r := &lines[i].Record; r.Kind == sale.KindOrder {
			t.times[lines[i].Offset] = r.At
		}
	}
	return lines, err
}

func (t timed) Apply(ctx context.Context, b orderstore.Batch, fold func(now time.Time, states []*sale.State) []orderstore.DeadLetter) error {
	return t.Writer.Apply(ctx, b, func(now time.Time, states []*sale.State) []orderstore.DeadLetter {
		defer clear(t.times)
		letters := fold(now, states)
		for _, s := range states {
			for _, o := range s.Touched() {
				at, placed := t.times[o.Position.Offset]
				if !placed {
					continue
				}
				if !o.PayBy.IsZero() {
					o.PayBy = o.PayBy.Add(at.Sub(o.PlacedAt))
				}
				o.PlacedAt = at
			}
		}
		return letters
	})
}
