package backup

import (
	"context"
	"fmt"
	"io"
	"time"

	"seckill/internal/crash"
	"seckill/internal/orderlog"
	"seckill/internal/orderstore"
	"seckill/internal/projector"
	"seckill/internal/recovery"
	"seckill/internal/sale"
)

// A Sale is what is to be kept.
type Sale struct {
	Log     orderlog.Reader
	Store   orderstore.Keeper
	Secrets []string // their keys in the tables
	Program string   // its version
	Now     time.Time
}

// atOnce is how many lines of a log are read, or written, together.
const atOnce = 1000

// Write writes a sale, which may go on meanwhile, and whose log must be the one of its
// tables: else it is ErrDamaged.
func Write(ctx context.Context, to io.Writer, s Sale) error {
	n, err := s.Log.Partitions(ctx)
	if err != nil {
		return err
	}
	all := make([]Partition, n)
	for partition := range n {
		if err := projector.New(s.Log, s.Store, nil, nil).Check(ctx, partition); err != nil {
			return err
		}
	}
	w := newWriter(to)
	header, err := s.header(ctx)
	if err == nil {
		err = w.put(entry{Header: header})
	}
	if err != nil {
		return err
	}
	why := fmt.Sprintf("the sale was restored from a backup of %s", sale.FormatTime(header.At))
	// The tables first: the log never ends before them.
	marks, err := recovery.Export(ctx, s.Store, why, header.At, func(partition int32, state sale.Record) error {
		crash.At("backup: a chunk is written")
		return w.put(entry{Tables: newRecord(partition, &orderlog.Line{Offset: state.Chunk.Number - 1, Record: state})})
	})
	for partition := int32(0); err == nil && partition < n; partition++ {
		all[partition].Folded = marks[partition].Next
		err = s.writeLog(ctx, w, partition, &all[partition])
	}
	if err != nil {
		return err
	}
	return w.end(all)
}

func (s *Sale) header(ctx context.Context) (*Header, error) {
	h := &Header{Format: format, Program: s.Program, At: s.Now.UTC().Truncate(time.Millisecond), Secrets: map[string][]byte{}}
	for _, key := range s.Secrets {
		kept, err := s.Store.Meta(ctx, key, nil)
		if err != nil {
			return nil, err
		}
		if kept != nil {
			h.Secrets[key] = kept
		}
	}
	tokens, err := s.Store.Tokens(ctx)
	for _, t := range tokens {
		h.Tokens = append(h.Tokens, token{t.Name, t.Role, t.Hash[:], t.MadeAt})
	}
	return h, err
}

// writeLog writes a partition up to where it ends now.
func (s *Sale) writeLog(ctx context.Context, w *writer, partition int32, p *Partition) (err error) {
	if p.Source, err = s.Log.Source(ctx, partition); err != nil {
		return err
	}
	if p.First, p.Next, err = s.Log.Bounds(ctx, partition); err != nil {
		return err
	}
	if p.Folded < p.First {
		return fmt.Errorf("%w: the log has lost what the tables have not folded: partition %d, offsets %d to %d", sale.ErrDamaged, partition, p.Folded, p.First-1)
	}
	chunks := int64(1) // until the first line says how many there are; they are large
	for at := p.First; at < p.Next; {
		most := int64(atOnce)
		if at < chunks {
			most = 1
		}
		lines, err := s.Log.Read(ctx, partition, at, int(min(most, p.Next-at)))
		if err != nil {
			return err
		}
		if at == 0 {
			chunks = lines[0].Chunks()
			if 0 < p.Folded && p.Folded < chunks {
				return fmt.Errorf("%w: the tables are being folded anew: try again later", sale.ErrUnavailable)
			}
		}
		for i := range lines {
			if err := w.put(entry{Log: newRecord(partition, &lines[i])}); err != nil {
				return err
			}
		}
		at += int64(len(lines))
		crash.At("backup: a part of the log is written")
	}
	return nil
}
