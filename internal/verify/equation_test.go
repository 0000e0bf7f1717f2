package verify_test

import (
	"regexp"
	"slices"
	"testing"

	"seckill/internal/sale"
	"seckill/internal/verify"
)

// The pages have words for the equations of the list: none may be told that is not of it.
func TestEveryEquationIsToldByItsCode(t *testing.T) {
	w := busy(t)
	live, err := w.live()
	if err != nil {
		t.Fatal(err)
	}
	firm, err := verify.Stopped(t.Context(), verify.Parts{Log: w, Store: w, Placed: sale.PlacedByLog})
	if err != nil {
		t.Fatal(err)
	}
	bounded, err := hoarded(t).live()
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]verify.Check{}
	for _, c := range slices.Concat(live.Checks, firm.Checks, bounded.Checks) {
		told[c.Code] = c
	}
	for _, e := range verify.Equations {
		if !regexp.MustCompile(`^[a-z]+(_[a-z]+)+$`).MatchString(e.Code) {
			t.Errorf("%q is no code", e.Code)
		}
		if c, known := told[e.Code]; !known || c.Invariant != e.Invariant {
			t.Errorf("%s, of %s: told %v, %+v", e.Code, e.Invariant, known, c)
		}
		delete(told, e.Code)
	}
	if len(told) > 0 {
		t.Errorf("beside the list, or twice in it: %v", told)
	}
}

func TestAnEquationThatDoesNotHoldIsFoundByItsCode(t *testing.T) {
	w := busy(t)
	w.mark.Next++
	r, err := w.live()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(r.Findings, func(f verify.Finding) bool { return f.Code == "position_in_log" })
	if i < 0 {
		t.Fatalf("found %+v", r.Findings)
	}
	if f := r.Findings[i]; !slices.Equal(f.Args, []string{"0"}) || f.Words != "not so: partition 0: position <= log end" || f.Place.Words != "partition 0" || f.Place.Code != "partition" {
		t.Errorf("%+v", f)
	}
}
