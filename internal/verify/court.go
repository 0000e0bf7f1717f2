package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"seckill/internal/crash"
	"seckill/internal/orderlog"
	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// atOnce bounds the lines of the log that are read together.
const atOnce = 4096

// A court judges one snapshot, partition by partition, so that only one
// partition is in memory at a time.
type court struct {
	*docket
	log      orderlog.Reader
	snapshot orderstore.Snapshot
	cuts     cuts
	firm     bool

	marks    map[int32]orderstore.Mark
	products []sale.Product // not judged yet
	letters  map[sale.Position]orderstore.DeadLetter
	homes    map[string]int32
}

func (c *court) sit(ctx context.Context) (err error) {
	if err = c.summon(); err != nil {
		return err
	}
	n, err := c.log.Partitions(ctx)
	if err != nil {
		return err
	}
	for partition := range n {
		if err := c.partition(ctx, partition); err != nil {
			return err
		}
		crash.At("verify: a partition is judged")
	}
	for partition := range c.marks {
		if partition >= n {
			c.find(Position, "", fmt.Sprintf("partition %d", partition), "the store has a position in a partition that the log does not have")
		}
	}
	for _, p := range c.products {
		c.find(Fold, p.ID, "seckill_product", "the product is in a partition that the log does not have", Number{"partition", int64(p.Partition)})
	}
	c.strayLetters()
	if c.cuts == nil {
		for _, i := range []Invariant{Units, Seqs, SoldOut} {
			c.leaveOut(i, "", "only an open gate can tell, and none was asked")
		}
	}
	return nil
}

// summon reads what is small. ErrChangedMeanwhile: a cut is of another epoch.
func (c *court) summon() (err error) {
	if c.marks, err = c.snapshot.Marks(); err != nil {
		return err
	}
	if c.products, err = c.snapshot.Products(); err != nil {
		return err
	}
	letters, err := c.snapshot.DeadLetters()
	if err != nil {
		return err
	}
	c.letters = make(map[sale.Position]orderstore.DeadLetter, len(letters))
	for _, l := range letters {
		c.letters[l.Position] = l
	}
	c.homes = map[string]int32{}
	return c.cuts.stillOf(c.products)
}

// partition judges all that one partition holds.
func (c *court) partition(ctx context.Context, n int32) error {
	var mine []sale.Product
	c.products = slices.DeleteFunc(c.products, func(p sale.Product) bool {
		if p.Partition != n {
			return false
		}
		mine = append(mine, p)
		return true
	})
	s, err := c.position(ctx, n)
	if err != nil {
		return err
	}
	h := newHearing(c, n, s, mine)
	if err := h.read(ctx); err != nil {
		return err
	}
	for _, p := range mine {
		if err := h.product(p); err != nil {
			return err
		}
	}
	h.lost()
	return nil
}

// strayLetters finds the dead letters that no line of the log called for.
func (c *court) strayLetters() {
	for _, at := range slices.SortedFunc(maps.Keys(c.letters), before) {
		c.find(Fold, c.letters[at].Product, "seckill_dead_letter, "+place(at), "a dead letter stands for a record that is none")
	}
}

// dropLetters forgets dead letters that are beyond judging.
func (c *court) dropLetters(here func(sale.Position) bool) {
	maps.DeleteFunc(c.letters, func(at sale.Position, _ orderstore.DeadLetter) bool { return here(at) })
}

func before(a, b sale.Position) int {
	return cmp.Or(cmp.Compare(a.Partition, b.Partition), cmp.Compare(a.Offset, b.Offset))
}

// damaged reports whether err tells of damage, which is a finding, and notes it.
func (d *docket) damaged(err error, where string) bool {
	if !errors.Is(err, sale.ErrDamaged) {
		return false
	}
	d.find(Damage, "", where, err.Error())
	return true
}

func place(at sale.Position) string {
	return fmt.Sprintf("partition %d, offset %d", at.Partition, at.Offset)
}
