package verify_test

import (
	"errors"
	"strings"
	"testing"

	"seckill/internal/verify"
)

func TestPrint(t *testing.T) {
	r := verify.Report{
		Products: 2, Orders: 101, Records: 1,
		Checks: []verify.Check{
			{Invariant: verify.Position, Words: "position <= log end", Numbers: []verify.Number{{Name: "position", Value: 7}, {Name: "log end", Value: 9}}, Holds: true},
			{Invariant: verify.Quantity, Product: "1", Code: "held_within_quantity", Words: "held <= quantity", Numbers: []verify.Number{{Name: "held", Value: 101}, {Name: "quantity", Value: 100}}},
			{Invariant: verify.Terms, Product: "1", Words: "the gate judges by the terms", Holds: true},
		},
		Findings: []verify.Finding{
			{Invariant: verify.Quantity, Product: "1", Place: verify.Place{Words: "seckill_order"}, Words: "not so: held <= quantity", Numbers: []verify.Number{{Name: "held", Value: 101}}},
			{Invariant: verify.Fold, Product: "\x1b[2J", Words: "odd"},
		},
		LeftOut: []verify.Omission{
			{Invariant: verify.Units, Why: "no gate"}, {Invariant: verify.Terms, Why: "no gate"}, {Invariant: verify.Terms, Product: "1", Why: "no gate"},
		},
	}
	const all = `ok      position  position <= log end (position 7, log end 9)
NOT OK  quantity  product 1: held <= quantity (held 101, quantity 100)
ok      terms     product 1: the gate judges by the terms
FINDING quantity  product 1: not so: held <= quantity (held 101) [seckill_order]
FINDING fold      product "\x1b[2J": odd
LEFT OUT units, terms: no gate
LEFT OUT product 1: terms: no gate
2 findings: 2 products, 101 orders, 1 record
`
	const short = `ok      the whole: 1 equation, holds
NOT OK  product 1: held 101 of 100, 2 equations, 1 not so
`
	_, rest, _ := strings.Cut(all, "\nFINDING")
	if got := printed(r); got != all {
		t.Errorf("got\n%s\nwant\n%s", got, all)
	}
	var b strings.Builder
	if err := r.Print(&b, false); err != nil {
		t.Fatal(err)
	}
	if got, want := b.String(), short+"FINDING"+rest; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestPrintSaysWhenItCannot(t *testing.T) {
	full := errors.New("full")
	r := verify.Report{}
	if err := r.Print(writer(func([]byte) (int, error) { return 0, full }), false); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}

type writer func([]byte) (int, error)

func (w writer) Write(b []byte) (int, error) { return w(b) }
