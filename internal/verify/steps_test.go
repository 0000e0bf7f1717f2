package verify

import (
	"testing"

	"seckill/internal/sale"
)

// A fold that moves an order otherwise than this is found out, although it
// filled the tables too.
func TestLegalSteps(t *testing.T) {
	all := []sale.Status{"", sale.Placed, sale.Paid, sale.Cancelled, sale.Expired, sale.Rejected}
	type step struct {
		kind          sale.Kind
		outcome       sale.Outcome
		before, after sale.Status
	}
	legalOnes := map[step]bool{
		{sale.KindOrder, sale.Applied, "", sale.Placed}:              true,
		{sale.KindOrder, sale.Applied, sale.Rejected, sale.Placed}:   true,
		{sale.KindOrder, sale.Refused, "", sale.Rejected}:            true,
		{sale.KindOrder, sale.Refused, sale.Rejected, sale.Rejected}: true,
		{sale.KindPay, sale.Applied, sale.Placed, sale.Paid}:         true,
		{sale.KindCancel, sale.Applied, sale.Placed, sale.Cancelled}: true,
		{sale.KindExpire, sale.Applied, sale.Placed, sale.Expired}:   true,
	}
	for _, s := range all { // nothing happens
		for _, kind := range []sale.Kind{sale.KindOrder, sale.KindPay, sale.KindCancel, sale.KindExpire} {
			legalOnes[step{kind, sale.Known, s, s}] = true
			legalOnes[step{kind, sale.Stale, s, s}] = true
			if kind != sale.KindOrder {
				legalOnes[step{kind, sale.Refused, s, s}] = true
			}
		}
	}
	for _, kind := range []sale.Kind{sale.KindOrder, sale.KindPay, sale.KindCancel, sale.KindExpire} {
		for _, outcome := range []sale.Outcome{sale.Applied, sale.Known, sale.Stale, sale.Refused} {
			for _, before := range all {
				for _, after := range all {
					if got, want := legal(kind, outcome, before, after), legalOnes[step{kind, outcome, before, after}]; got != want {
						t.Errorf("%s, %s, from %q to %q: legal is %t", kind, outcome, before, after, got)
					}
				}
			}
		}
	}
}

// What the judge counts beside the fold: openings, and orders of another epoch.
func TestEpochsAreCountedBesideTheFold(t *testing.T) {
	opening := func(epoch int64) *sale.Record {
		return &sale.Record{Kind: sale.KindOpening, ProductID: "p", Epoch: epoch}
	}
	order := func(epoch int64) *sale.Record {
		return &sale.Record{Kind: sale.KindOrder, ProductID: "p", Epoch: epoch}
	}
	for name, c := range map[string]struct {
		judge func(f *refold, p *table)
		found int
	}{
		"the next one":          {func(f *refold, p *table) { f.opening(p, opening(2), sale.Position{}, sale.Applied) }, 0},
		"the next one, refused": {func(f *refold, p *table) { f.opening(p, opening(2), sale.Position{}, sale.Refused) }, 0},
		"one that came late":    {func(f *refold, p *table) { f.opening(p, opening(1), sale.Position{}, sale.Stale) }, 0},
		"opened twice":          {func(f *refold, p *table) { f.opening(p, opening(1), sale.Position{}, sale.Applied) }, 1},
		"a gap":                 {func(f *refold, p *table) { f.opening(p, opening(3), sale.Position{}, sale.Applied) }, 1},
		"passed over":           {func(f *refold, p *table) { f.opening(p, opening(2), sale.Position{}, sale.Stale) }, 1},
		"an order in its epoch": {func(f *refold, p *table) { f.inEpoch(p, order(1), sale.Position{}) }, 0},
		"an order of another":   {func(f *refold, p *table) { f.inEpoch(p, order(2), sale.Position{}) }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			f := newRefold(newDocket(), 0, map[string]int32{})
			p := newTable(sale.Product{ID: "p"})
			p.opened = epochs{epoch: 1}
			c.judge(f, p)
			if got := len(f.report().Findings); got != c.found {
				t.Errorf("%d findings, want %d: %v", got, c.found, f.report().Findings)
			}
		})
	}
}
