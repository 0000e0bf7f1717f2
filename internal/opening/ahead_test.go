package opening_test

import (
	"testing"

	"seckill/internal/gate"
	"seckill/internal/opening"
	"seckill/internal/sale"
)

// ahead has the gate sell at an epoch that log and tables have lost.
func (s *shop) ahead(epoch int64) {
	s.t.Helper()
	in, _, err := s.gate.Shut(s.t.Context(), product, epoch)
	if err == nil {
		err = s.gate.Open(s.t.Context(), product, epoch, in, start(9))
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// A gate that is ahead of log and tables, as these were put back to older copies, is
// opened above both; what it sold meanwhile has no effect.
func TestAGateAheadOfTheStore(t *testing.T) {
	s := newShop(t)
	s.put(sale.Terms{Quantity: 2})
	s.ahead(5)
	if v := s.admit("a", 1); v != gate.Admitted {
		t.Fatal(v)
	}
	w := opening.NewMonitor(s.Opener, s.clock)
	s.recover()
	if p := s.kept(); p.Epoch != 6 || p.Held != 0 {
		t.Errorf("the store is at epoch %d, and %d units are held", p.Epoch, p.Held)
	}
	s.wantOpen(6, 2)
	if due := s.due(w); due != 0 {
		t.Errorf("%d attempts are due", due)
	}
	s.ahead(9)
	if p := s.put(sale.Terms{Quantity: 3}); p.Epoch != 10 {
		t.Errorf("put at %d", p.Epoch)
	}
	s.wantOpen(10, 3)
}

// So it is if they have lost the whole product.
func TestAGateOfAProductThatIsLost(t *testing.T) {
	s := newShop(t)
	s.ahead(5)
	if p := s.put(sale.Terms{Quantity: 2}); p.Epoch != 6 {
		t.Errorf("put at %d", p.Epoch)
	}
	s.wantOpen(6, 2)
}

// A gate that was shut ahead is opened at that epoch, which nobody has sold at: two
// openers would else go above each other for ever.
func TestAGateThatWasShutAhead(t *testing.T) {
	s := newShop(t)
	s.put(sale.Terms{Quantity: 2})
	if _, _, err := s.gate.Shut(t.Context(), product, 5); err != nil {
		t.Fatal(err)
	}
	if p := s.put(sale.Terms{Quantity: 2}); p.Epoch != 5 {
		t.Errorf("put at %d", p.Epoch)
	}
	s.wantOpen(5, 2)
}

// Tables alone that were put back get to the gate's epoch by themselves: it sells on.
func TestTablesThatCatchUp(t *testing.T) {
	s := newShop(t)
	s.put(sale.Terms{Quantity: 2})
	s.ahead(3)
	s.hooks["passed"] = func(do func() error) error {
		s.append(
			sale.Record{Kind: sale.KindOpening, ProductID: product, Epoch: 2, Nonce: "b", Terms: s.kept().Terms, At: s.now},
			sale.Record{Kind: sale.KindOpening, ProductID: product, Epoch: 3, Nonce: "c", Terms: s.kept().Terms, At: s.now},
		)
		return do()
	}
	for _, a := range s.finds(opening.NewMonitor(s.Opener, s.clock)) {
		if err := s.Run(t.Context(), a); err == nil || a.Begun() {
			t.Errorf("it was shut: %v", err)
		}
	}
	s.wantOpen(3, 9)
}
