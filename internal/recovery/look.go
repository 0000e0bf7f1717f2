package recovery

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"seckill/internal/orderlog"
	"seckill/internal/orderstore"
	"seckill/internal/projector"
	"seckill/internal/sale"
)

// An Act is what is to be done.
type Act int

// The acts.
const (
	Nothing  Act = iota // whoever serves next folds what the tables lack
	Continue            // a log is written that continues the tables
	Refold              // the tables are emptied: the log has all that they have, and more
)

// A Plan is what was found, and what is to be done about it.
type Plan struct {
	Act      Act
	Found    []string // what is wrong, in words
	Lost     []string // what no log and no table will have, in words
	Unfolded int64    // records that the tables are given first, from partitions in which the log is theirs

	Products, Orders, Held int64 // that the tables have
	Partitions             int32 // that a log must have, to continue them

	store  orderstore.Keeper
	log    orderlog.Reader // nil: there is none
	marks  map[int32]orderstore.Mark
	damage string             // of the log, behind what can be read of it
	wrong  map[int32]string   // what is wrong with a partition
	lost   map[int32][]string // by partition
}

// Look compares the log with the tables, and changes nothing. log is nil if there is
// none that can be read: gone then says why. With both, log is what can be read of one
// that is damaged behind. An error means that it could not tell.
func Look(ctx context.Context, log orderlog.Reader, gone error, store orderstore.Keeper) (*Plan, error) {
	p := &Plan{store: store, log: log, wrong: map[int32]string{}, lost: map[int32][]string{}}
	var products []sale.Product
	letters := 0
	err := store.Audit(ctx, func(s orderstore.Snapshot) (err error) {
		if p.marks, err = s.Marks(); err != nil {
			return err
		}
		dead, err := s.DeadLetters()
		if err != nil {
			return err
		}
		letters = len(dead)
		products, err = s.Products()
		return err
	})
	if err != nil {
		return nil, err
	}
	if log != nil && gone != nil {
		if err := p.readsBeginning(ctx, gone); err != nil {
			return nil, err
		}
	}
	p.count(products)
	if err := p.compare(ctx, gone); err != nil || len(p.Found) == 0 {
		return p, err
	}
	p.Act = Continue
	if log == nil {
		return p, nil
	}
	if gone == nil {
		if all, err := p.begunFrom(ctx, products); all || err != nil {
			p.Act = Refold
			return p, err
		}
	}
	err = p.losses(ctx, products)
	if letters > 0 {
		p.Lost = append(p.Lost, fmt.Sprintf("%d dead letters: records of the log before that could not be read", letters))
	}
	return p, err
}

// Until is the plan of a log that continues tables which were filled from a part of
// another: what that has beyond them, which beyond reads, is lost, and why says for what.
func Until(ctx context.Context, beyond orderlog.Reader, store orderstore.Keeper, why string) (*Plan, error) {
	p := &Plan{Act: Continue, store: store, log: beyond, wrong: map[int32]string{}, lost: map[int32][]string{}}
	var products []sale.Product
	err := store.Audit(ctx, func(s orderstore.Snapshot) (err error) {
		if p.marks, err = s.Marks(); err != nil {
			return err
		}
		products, err = s.Products()
		return err
	})
	if err != nil {
		return nil, err
	}
	p.count(products)
	n, err := beyond.Partitions(ctx)
	for partition := range n {
		p.wrong[partition] = why
	}
	if err == nil {
		err = p.losses(ctx, products)
	}
	return p, err
}

// readsBeginning has the tables be given what can be read of a log that is damaged behind.
func (p *Plan) readsBeginning(ctx context.Context, gone error) error {
	p.damage = words(gone)
	p.Found = append(p.Found, p.damage)
	n, err := p.log.Partitions(ctx)
	for partition := int32(0); err == nil && partition < n; partition++ {
		if _, known := p.marks[partition]; !known { // the tables have nothing of it yet
			p.marks[partition] = orderstore.Mark{}
		}
		var end int64
		_, end, err = p.log.Bounds(ctx, partition)
		p.lost[partition] = append(p.lost[partition], fmt.Sprintf("what partition %d of the log holds from offset %d on, which cannot be read", partition, end))
	}
	return err
}

// words is an error without its kind, which all here share.
func words(err error) string {
	text := err.Error()
	for _, kind := range []error{sale.ErrDamaged, sale.ErrNotFound} {
		text = strings.TrimPrefix(text, kind.Error()+": ")
	}
	return text
}

func (p *Plan) count(products []sale.Product) {
	for _, product := range products {
		if product.Exists() {
			p.Products++
		}
		p.Orders += rows(&product)
		p.Held += product.Held
		p.Partitions = max(p.Partitions, product.Partition+1)
	}
	for partition := range p.marks {
		p.Partitions = max(p.Partitions, partition+1)
	}
}

func rows(p *sale.Product) int64 { return p.LastNumber + p.Rejected }

// partitions are those that the tables were filled from.
func (p *Plan) partitions() []int32 { return slices.Sorted(maps.Keys(p.marks)) }

// compare finds the partitions of the log that are not those of the tables.
func (p *Plan) compare(ctx context.Context, gone error) error {
	if p.log == nil {
		p.Found = append(p.Found, words(gone))
		for partition := range p.marks {
			p.wrong[partition] = words(gone)
		}
		return nil
	}
	folds := projector.New(p.log, p.store, nil, nil)
	for _, partition := range p.partitions() {
		err := folds.Check(ctx, partition)
		switch {
		case errors.Is(err, sale.ErrDamaged):
			p.wrong[partition] = words(err)
			p.Found = append(p.Found, words(err))
		case err != nil:
			return err
		default:
			_, end, err := p.log.Bounds(ctx, partition)
			if err != nil {
				return err
			}
			p.Unfolded += end - p.marks[partition].Next
		}
	}
	return nil
}
