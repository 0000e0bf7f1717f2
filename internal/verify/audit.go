package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"seckill/internal/crash"
	"seckill/internal/gate"
	"seckill/internal/orderlog"
	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// atOnce bounds the lines of the log that are read together.
const atOnce = 4096

// An audit judges one snapshot, partition by partition, so that only one
// partition is in memory at a time.
type audit struct {
	*draft
	log      orderlog.Reader
	snapshot orderstore.Snapshot
	gate     gate.Inspector
	cuts     cuts
	firm     bool
	secret   string // of the tables, in hexadecimal; empty: they have none, and take the log's

	marks    map[int32]orderstore.Mark
	products []sale.Product // not judged yet
	letters  map[sale.Position]orderstore.DeadLetter
	foreigns foreigns
	homes    map[string]int32
}

func (a *audit) run(ctx context.Context) (err error) {
	if err = a.readSmall(); err != nil {
		return err
	}
	n, err := a.log.Partitions(ctx)
	if err != nil {
		return err
	}
	for partition := range n {
		if err := a.partition(ctx, partition); err != nil {
			return err
		}
		crash.At("verify: a partition is judged")
	}
	for partition := range a.marks {
		if partition >= n {
			a.find(Position, "", fmt.Sprintf("partition %d", partition), "the store has a position in a partition that the log does not have")
		}
	}
	for _, p := range a.products {
		a.find(Fold, p.ID, "seckill_product", "the product is in a partition that the log does not have", Number{"partition", int64(p.Partition)})
	}
	a.check(oneSecret, "")
	a.strayLetters()
	a.foreigns.judge(a.draft)
	if a.cuts == nil {
		for _, i := range []Invariant{Units, Seqs, SoldOut, Terms, Buyers, Waiting} {
			a.leaveOut(i, "", "only an open gate can tell, and none was asked")
		}
	}
	return nil
}

// readSmall reads what every partition needs. ErrChangedMeanwhile: a cut is of another epoch.
func (a *audit) readSmall() (err error) {
	if a.marks, err = a.snapshot.Marks(); err != nil {
		return err
	}
	if a.products, err = a.snapshot.Products(); err != nil {
		return err
	}
	letters, err := a.snapshot.DeadLetters()
	if err != nil {
		return err
	}
	a.letters = make(map[sale.Position]orderstore.DeadLetter, len(letters))
	for _, l := range letters {
		a.letters[l.Position] = l
		a.foreigns.watch(l.Raw)
	}
	a.homes = map[string]int32{}
	return a.cuts.stillOf(a.products)
}

// partition judges all that one partition holds.
func (a *audit) partition(ctx context.Context, n int32) error {
	var mine []sale.Product
	a.products = slices.DeleteFunc(a.products, func(p sale.Product) bool {
		if p.Partition != n {
			return false
		}
		mine = append(mine, p)
		return true
	})
	s, err := a.position(ctx, n)
	if err != nil {
		return err
	}
	of := newPartitionAudit(a, n, s, mine)
	if err := of.read(ctx); err != nil {
		return err
	}
	a.foreigns.partly = a.foreigns.partly || of.fold == nil
	for _, p := range mine {
		if err := of.product(ctx, p); err != nil {
			return err
		}
	}
	if err := of.payments(); err != nil {
		return err
	}
	of.lost()
	return nil
}

// strayLetters finds the dead letters that no line of the log called for.
func (a *audit) strayLetters() {
	for _, at := range slices.SortedFunc(maps.Keys(a.letters), before) {
		a.find(Fold, a.letters[at].Product, "seckill_dead_letter, "+place(at), "a dead letter stands for a record that is none")
	}
}

// dropLetters forgets dead letters that are beyond judging.
func (a *audit) dropLetters(here func(sale.Position) bool) {
	maps.DeleteFunc(a.letters, func(at sale.Position, _ orderstore.DeadLetter) bool { return here(at) })
}

func before(a, b sale.Position) int {
	return cmp.Or(cmp.Compare(a.Partition, b.Partition), cmp.Compare(a.Offset, b.Offset))
}

// damaged reports whether err tells of damage, which is a finding, and notes it.
func (d *draft) damaged(err error, where string) bool {
	if !errors.Is(err, sale.ErrDamaged) {
		return false
	}
	d.find(Damage, "", where, err.Error())
	return true
}

func place(at sale.Position) string {
	return fmt.Sprintf("partition %d, offset %d", at.Partition, at.Offset)
}
