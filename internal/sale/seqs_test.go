package sale

import (
	"testing"

	"pgregory.net/rapid"
)

func TestMeet(t *testing.T) {
	for _, c := range []struct {
		seqs    []int64
		applied int64
		ahead   string
	}{
		{nil, 0, ""},
		{[]int64{1, 2, 3, 2}, 3, ""},
		{[]int64{2}, 0, "2-2"},
		{[]int64{1, 2, 6, 7, 9}, 2, "6-7 9-9"},
		{[]int64{9, 6, 8, 7, 8}, 0, "6-9"},
		{[]int64{3, 4, 7, 2, 1}, 4, "7-7"},
		{[]int64{3, 7, 1, 2, 5, 4, 6}, 7, ""},
	} {
		unknown := Product{Applied: -1}
		for _, seq := range c.seqs {
			unknown.noteApplied(seq)
		}
		if unknown != (Product{Applied: -1}) {
			t.Errorf("%v: what is not known became %+v", c.seqs, unknown)
		}
		var p Product
		for _, seq := range c.seqs {
			p.noteApplied(seq)
		}
		if p.Applied != c.applied || p.Ahead != c.ahead {
			t.Errorf("%v: applied %d, ahead %q, not %d, %q", c.seqs, p.Applied, p.Ahead, c.applied, c.ahead)
		}
	}
}

// Met is the first gap's beginning, in whatever order the orders come, and Ahead
// forgets none.
func TestMeetInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p Product
		there := map[int64]bool{}
		for _, seq := range rapid.SliceOf(rapid.Int64Range(1, 40)).Draw(t, "seqs") {
			p.noteApplied(seq)
			there[seq] = true
			applied := int64(0)
			for there[applied+1] {
				applied++
			}
			beyond := 0
			for _, r := range parseRanges(p.Ahead) {
				beyond += int(r.to - r.from + 1)
			}
			if p.Applied != applied || int(p.Applied)+beyond != len(there) {
				t.Fatalf("applied %d, ahead %q of %v", p.Applied, p.Ahead, there)
			}
		}
	})
}

// An epoch begins with nothing applied; what is stale is of no epoch; and an order that is
// known, or refused, was applied.
func TestTheFoldNotesWhatItMet(t *testing.T) {
	s := NewState(Product{ID: "p"})
	fold := func(r Record, applied int64, ahead string) {
		t.Helper()
		Fold(s, r, Position{}, stored)
		if s.Product.Applied != applied || s.Product.Ahead != ahead {
			t.Errorf("applied %d, ahead %q, not %d, %q", s.Product.Applied, s.Product.Ahead, applied, ahead)
		}
	}
	at := func(seq int64, r Record) Record { r.Seq = seq; return r }
	fold(opening(1, 2, 1), 0, "")
	fold(at(1, buy(1, 1, "a")), 1, "")
	fold(at(1, buy(1, 1, "a")), 1, "")
	fold(at(3, buy(1, 2, "b")), 1, "3-3")
	fold(at(2, buy(1, 3, "c")), 3, "") // more than there are units
	fold(at(5, buy(1, 4, "d")), 3, "5-5")
	fold(opening(2, 2, 1), 0, "")
	fold(at(4, buy(1, 5, "e")), 0, "")
}
