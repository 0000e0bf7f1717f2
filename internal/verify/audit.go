package verify

import (
	"context"
	"errors"
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
			a.find(partitionMissing, "", inPartition.of(partition))
		}
	}
	for _, p := range a.products {
		a.find(productAstray, p.ID, inTable.of("seckill_product"), Number{"partition", int64(p.Partition)})
	}
	a.check(oneSecret, "")
	a.strayLetters()
	a.foreigns.judge(a.draft)
	if a.cuts == nil {
		for _, i := range []Invariant{Units, Seqs, SoldOut, Terms, Buyers, Waiting, Addresses} {
			a.leaveOut(i, "", noGateAsked)
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
		a.find(letterOfNothing, a.letters[at].Product, letterAt(at))
	}
}

// dropLetters forgets dead letters that are beyond judging.
func (a *audit) dropLetters(here func(sale.Position) bool) {
	maps.DeleteFunc(a.letters, func(at sale.Position, _ orderstore.DeadLetter) bool { return here(at) })
}

// damage reports whether err tells of damage, which is a finding, and notes it.
func (d *draft) damage(err error, where Statement) bool {
	if !errors.Is(err, sale.ErrDamaged) {
		return false
	}
	d.find(damaged.of(err), "", where)
	return true
}
