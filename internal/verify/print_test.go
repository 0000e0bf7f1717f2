package verify_test

import (
	"errors"
	"testing"

	"seckill/internal/verify"
)

func TestPrint(t *testing.T) {
	r := verify.Report{
		Products: 2, Orders: 101, Records: 1,
		Checks: []verify.Check{
			{Invariant: verify.Position, Words: "position <= log end", Numbers: []verify.Number{{Name: "position", Value: 7}, {Name: "log end", Value: 9}}, Holds: true},
			{Invariant: verify.Quantity, Product: "1", Words: "held <= quantity", Numbers: []verify.Number{{Name: "held", Value: 101}, {Name: "quantity", Value: 100}}},
		},
		Findings: []verify.Finding{
			{Invariant: verify.Quantity, Product: "1", Place: "seckill_order", Words: "not so: held <= quantity", Numbers: []verify.Number{{Name: "held", Value: 101}}},
			{Invariant: verify.Fold, Product: "\x1b[2J", Words: "odd"},
		},
		LeftOut: []verify.Omission{{Invariant: verify.Units, Why: "no gate"}},
	}
	const want = `ok      position  position <= log end (position 7, log end 9)
NOT OK  quantity  product 1: held <= quantity (held 101, quantity 100)
FINDING quantity  product 1: not so: held <= quantity (held 101) [seckill_order]
FINDING fold      product "\x1b[2J": odd
LEFT OUT units    no gate
2 findings: 2 products, 101 orders, 1 record
`
	if got := printed(r); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestPrintSaysWhenItCannot(t *testing.T) {
	full := errors.New("full")
	r := verify.Report{}
	if err := r.Print(writer(func([]byte) (int, error) { return 0, full })); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}

type writer func([]byte) (int, error)

func (w writer) Write(b []byte) (int, error) { return w(b) }
