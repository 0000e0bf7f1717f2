package verify

import (
	"testing"
	"time"

	"seckill/internal/orderlog"
	"seckill/internal/sale"
)

// Money takes an order where it stands, and its own order to paid at once.
func TestLegalStepsOfMoney(t *testing.T) {
	for _, c := range []struct {
		kind          sale.Kind
		money         bool
		before, after sale.Status
		legal         bool
	}{
		{sale.KindPay, true, sale.Placed, sale.Paid, true},
		{sale.KindPay, true, sale.Placed, sale.Placed, true}, // a wrong amount
		{sale.KindPay, true, sale.Placed, sale.Cancelled, false},
		{sale.KindPay, true, sale.Expired, sale.Expired, true},
		{sale.KindPay, true, sale.Expired, sale.Paid, false},
		{sale.KindPay, true, "", "", true},
		{sale.KindPay, true, "", sale.Paid, false},
		{sale.KindOrder, true, "", sale.Paid, true},
		{sale.KindOrder, true, "", sale.Placed, false},
		{sale.KindOrder, true, sale.Expired, sale.Paid, false},
		{sale.KindVoid, false, sale.Paid, sale.Cancelled, true},
		{sale.KindVoid, false, sale.Placed, sale.Cancelled, true},
		{sale.KindVoid, false, sale.Paid, sale.Paid, false},
		{sale.KindVoid, false, sale.Expired, sale.Cancelled, false},
	} {
		if got := legal(c.kind, c.money, sale.Applied, c.before, c.after); got != c.legal {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

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
					if got, want := legal(kind, false, outcome, before, after), legalOnes[step{kind, outcome, before, after}]; got != want {
						t.Errorf("%s, %s, from %q to %q: legal is %t", kind, outcome, before, after, got)
					}
				}
			}
		}
	}
}

// The tables may be just what a wrong fold gives: then only the steps tell.
func TestAWrongFoldIsFoundOut(t *testing.T) {
	id := sale.OrderID{1}
	terms := sale.Terms{Quantity: 1, LimitPerUser: 1, PaymentWindow: time.Hour}
	opening := sale.Record{Kind: sale.KindOpening, ProductID: "p", Epoch: 1, Nonce: "a", Terms: terms}
	order := sale.Record{Kind: sale.KindOrder, ProductID: "p", Epoch: 1, OrderID: id, UserID: "ann", Seq: 1}
	cancel := sale.Record{Kind: sale.KindCancel, ProductID: "p", Epoch: 1, OrderID: id}
	pay := sale.Record{Kind: sale.KindPay, ProductID: "p", Epoch: 1, OrderID: id}
	later := opening
	later.Epoch = 3
	for name, c := range map[string]struct {
		records []sale.Record
		wrong   rules // what it does on the last record
		want    Invariant
	}{
		"none": {[]sale.Record{opening, opening, order, order, pay, cancel}, sale.Fold, ""},
		"an order raised from the dead": {[]sale.Record{opening, order, cancel, pay}, func(s *sale.State, r sale.Record, _ sale.Position, _ time.Time) sale.Outcome {
			s.Order(r.OrderID).Status = sale.Paid
			return sale.Applied
		}, Steps},
		"a refusal that moved an order": {[]sale.Record{opening, order, pay}, func(s *sale.State, r sale.Record, _ sale.Position, _ time.Time) sale.Outcome {
			s.Order(r.OrderID).Status = sale.Paid
			return sale.Refused
		}, Steps},
		"more than the quantity for a moment": {[]sale.Record{opening, order, pay}, func(s *sale.State, r sale.Record, at sale.Position, now time.Time) sale.Outcome {
			s.Product.Held++
			return sale.Fold(s, r, at, now)
		}, Quantity},
		"an epoch opened twice": {[]sale.Record{opening, opening}, func(*sale.State, sale.Record, sale.Position, time.Time) sale.Outcome {
			return sale.Applied
		}, Openings},
		"an epoch left out": {[]sale.Record{opening, later}, func(*sale.State, sale.Record, sale.Position, time.Time) sale.Outcome {
			return sale.Refused
		}, Openings},
		"an opening passed over": {[]sale.Record{opening}, func(*sale.State, sale.Record, sale.Position, time.Time) sale.Outcome {
			return sale.Stale
		}, Openings},
		"an end of a former life": {[]sale.Record{opening, order, {Kind: sale.KindCancel, ProductID: "p", OrderID: id}}, func(s *sale.State, r sale.Record, at sale.Position, now time.Time) sale.Outcome {
			r.Epoch = 1
			return sale.Fold(s, r, at, now)
		}, Steps},
		"an order of another epoch": {[]sale.Record{opening, {Kind: sale.KindOrder, ProductID: "p", Epoch: 2, OrderID: id, UserID: "ann"}}, func(s *sale.State, r sale.Record, at sale.Position, now time.Time) sale.Outcome {
			r.Epoch = 1
			return sale.Fold(s, r, at, now)
		}, Openings},
	} {
		t.Run(name, func(t *testing.T) {
			n := 0
			f := newRefold(newDraft(), 0, map[string]int32{}, func(s *sale.State, r sale.Record, at sale.Position, now time.Time) sale.Outcome {
				if n++; n == len(c.records) {
					return c.wrong(s, r, at, now)
				}
				return sale.Fold(s, r, at, now)
			})
			for i, r := range c.records {
				f.stretch([]orderlog.Line{{Offset: int64(i), Product: "p", Record: r}})
			}
			found := f.report().Findings
			if c.want == "" && len(found) > 0 || c.want != "" && (len(found) != 1 || found[0].Invariant != c.want) {
				t.Errorf("found %v, want one against %q", found, c.want)
			}
		})
	}
}

// A product's records are in one partition; what anybody may write anywhere
// gives it no home.
func TestAProductIsAtHomeInOnePartition(t *testing.T) {
	d, homes := newDraft(), map[string]int32{}
	poison := orderlog.Line{Product: "p", Poison: sale.ErrPoison}
	opening := orderlog.Line{Product: "p", Record: sale.Record{Kind: sale.KindOpening, ProductID: "p", Epoch: 1, Terms: sale.Terms{Quantity: 1, LimitPerUser: 1}}}
	newRefold(d, 0, homes, sale.Fold).stretch([]orderlog.Line{poison})
	newRefold(d, 1, homes, sale.Fold).stretch([]orderlog.Line{opening, poison})
	newRefold(d, 2, homes, sale.Fold).stretch([]orderlog.Line{poison})
	if found := d.report().Findings; len(found) > 0 {
		t.Fatalf("found %v", found)
	}
	newRefold(d, 2, homes, sale.Fold).stretch([]orderlog.Line{opening})
	if found := d.report().Findings; len(found) != 1 || found[0].Invariant != Fold {
		t.Errorf("found %v, want one against fold", found)
	}
}
