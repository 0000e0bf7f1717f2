package purchase_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"seckill/internal/gate"
	"seckill/internal/purchase"
	"seckill/internal/sale"
)

// Each of a batch is judged by their own groups.
func TestABatchCarriesTheGroupsOfEach(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		start := selling(9)
		start.Terms.Group = "vip"
		s.open(1, start)
		told := map[string]<-chan said{}
		for n, r := range []purchase.Request{
			{User: "member", Groups: []string{"staff", "vip"}}, {User: "nobody"}, {User: "other", Groups: []string{"staff"}}, {User: "last", Groups: []string{"vip"}},
		} {
			answer := make(chan said, 1)
			r.Order = id(n + 1)
			go func() {
				a, err := s.Buy(t.Context(), t.Context(), product, r)
				answer <- said{a, err}
			}()
			told[r.User] = answer
		}
		for user, want := range map[string]purchase.Result{
			"member": purchase.Placed, "nobody": purchase.NotEligible, "other": purchase.NotEligible, "last": purchase.Placed,
		} {
			if a := <-told[user]; a.err != nil || a.Result != want {
				t.Errorf("%s is told %d, %v, not %d", user, a.Result, a.err, want)
			}
		}
	})
}

// Who is not in the group is told what everybody is told, as long as everybody is: by
// the view and by the gate alike, so that the two tell nobody apart.
func TestNobodyIsToldOfAGroupThatCannotBuy(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		start := selling(1)
		start.Terms.Group = "vip"
		s.open(1, start, gate.Holding{User: "former", Order: id(7), Ended: true})
		s.gets("loser", 1, purchase.NotEligible)
		s.asks("loser") // a unit is left: only the gate can tell
		if a, err := s.Buy(t.Context(), t.Context(), product, purchase.Request{User: "winner", Order: id(2), Groups: []string{"vip"}}); err != nil || a.Result != purchase.Placed {
			t.Fatalf("told %+v, %v", a, err)
		}
		s.refuses("loser", purchase.SoldOut)
		s.asks("former")
		s.gets("former", 3, purchase.SoldOut)
	})
}

// A user id that not every process can read takes no unit.
func TestNoUnitIsTakenForAUserWhomSomebodyCannotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		says, asked := error(sale.ErrUnavailable), 0
		s := newShop(t, func(p *purchase.Parts) {
			p.Allow = func(_ context.Context, version int) error {
				if asked++; version != 3 {
					t.Errorf("asked for version %d", version)
				}
				return says
			}
		})
		s.open(1, selling(9))
		s.gets("plain", 1, purchase.Placed)
		if a, err := s.Buy(t.Context(), t.Context(), product, purchase.Request{User: "auth0|62f", Order: id(2)}); !errors.Is(err, sale.ErrUnavailable) {
			t.Errorf("told %+v, %v", a, err)
		}
		if v, err := s.gate.View(t.Context(), product); err != nil || v.Seq != 1 || asked != 1 {
			t.Errorf("%+v, %v; asked %d times", v, err, asked)
		}
		says = nil
		s.gets("auth0|62f", 2, purchase.Placed)
	})
}
