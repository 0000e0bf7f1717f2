package backup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"seckill/internal/crash"
	"seckill/internal/orderlog"
	"seckill/internal/orderstore"
	"seckill/internal/recovery"
	"seckill/internal/sale"
)

// What the tables keep of a restore: one that has begun and not ended is no sale.
const (
	begun = "restore_begun"
	ended = "restore_ended"
)

// Begin marks a store, which must be empty, as one that is being filled from a backup.
func (b *Backup) Begin(ctx context.Context, store orderstore.Keeper) error {
	filled := false
	err := store.Audit(ctx, func(s orderstore.Snapshot) error {
		marks, err := s.Marks()
		products, err2 := s.Products()
		filled = len(marks)+len(products) > 0
		return errors.Join(err, err2)
	})
	for _, key := range append(slices.Collect(maps.Keys(b.Secrets)), begun) {
		if err == nil && !filled {
			var kept []byte
			kept, err = store.Meta(ctx, key, nil)
			filled = kept != nil
		}
	}
	if err != nil {
		return err
	}
	if filled {
		return errors.New("the tables there are not empty: a backup is restored into a new folder or new servers")
	}
	alive, err := store.Living(ctx)
	if err == nil && len(alive) > 0 {
		return fmt.Errorf("the process %s (%s) uses these servers: end it first", alive[0].Place, alive[0].Role)
	}
	if err == nil {
		_, err = store.Meta(ctx, begun, []byte(sale.FormatTime(b.At)))
	}
	crash.At("backup: the store is marked")
	return err
}

// Unfinished is an error if a restore into the store has begun and not ended.
func Unfinished(ctx context.Context, store orderstore.Reader) error {
	began, err := store.Meta(ctx, begun, nil)
	if err != nil || began == nil {
		return err
	}
	done, err := store.Meta(ctx, ended, nil)
	if err == nil && done == nil {
		err = fmt.Errorf("%w: the restore of the backup of %s goes on, or was broken off: if it was, empty the folder, or the tables and the topic, and restore anew", sale.ErrUnavailable, began)
	}
	return err
}

// Fill makes a sale: write fills the log, which is empty, and from that the store is
// filled, for which Begin was called.
func (b *Backup) Fill(ctx context.Context, log orderlog.Keeper, store orderstore.Keeper, write func(context.Context, recovery.Log) error) error {
	log = orderlog.NewVersioned(log, store.Allow)
	n, err := log.Partitions(ctx)
	if err != nil {
		return err
	}
	for key, secret := range b.Secrets {
		kept, err := store.Meta(ctx, key, secret)
		switch {
		case err != nil:
			return err
		case !bytes.Equal(kept, secret):
			return errors.New("somebody else fills the tables there")
		}
	}
	if err := write(ctx, log); err != nil {
		return err
	}
	crash.At("backup: the log is filled")
	timed := newTimed(log, store)
	for partition := int32(0); err == nil && partition < n; partition++ {
		_, err = recovery.Fold(ctx, timed, timed, partition)
	}
	crash.At("backup: the tables are filled")
	for _, t := range b.Tokens {
		if err == nil {
			kept := orderstore.Token{Name: t.Name, Role: t.Role, MadeAt: t.MadeAt}
			copy(kept.Hash[:], t.Hash)
			err = store.AddToken(ctx, kept)
		}
	}
	if err == nil {
		_, err = store.Meta(ctx, ended, []byte(sale.FormatTime(b.At)))
	}
	return err
}

// Whole writes all that the backup has: the tables, and what the log has beyond them.
func (b *Backup) Whole(ctx context.Context, log recovery.Log) error {
	r := b.from(b.tables)
	for {
		e, err := r.read()
		if err != nil {
			return err
		}
		if e.Tables == nil {
			break
		}
		l, err := e.Tables.line()
		if err != nil {
			return err
		}
		at, err := log.Append(ctx, e.Tables.Partition, []sale.Record{l.Record})
		crash.At("backup: a chunk is restored")
		if err == nil && at.Offset != l.Offset {
			err = fmt.Errorf("%w: chunk %d came to be at offset %d: somebody writes into the log", sale.ErrDamaged, l.Offset+1, at.Offset)
		}
		if err != nil {
			return err
		}
	}
	for partition := range b.Partitions {
		if err := b.beyond(ctx, log, int32(partition)); err != nil {
			return err
		}
	}
	return nil
}

// beyond writes what the log of a partition has beyond the tables. What is no record
// there has no effect, and is left out.
func (b *Backup) beyond(ctx context.Context, log recovery.Log, partition int32) error {
	var records []sale.Record
	r := b.from(b.logs[partition])
	for {
		l, err := next(r, partition)
		if err != nil {
			return err
		}
		full := len(records) == atOnce || len(records) > 0 && (l == nil || records[0].Kind == sale.KindState) // a chunk is large
		if full {
			if _, err := log.Append(ctx, partition, records); err != nil {
				return err
			}
			crash.At("backup: a part of the log is restored")
			records = nil
		}
		if l == nil {
			return nil
		}
		if l.Poison == nil && l.Offset >= b.Partitions[partition].Folded {
			records = append(records, l.Record)
		}
	}
}
