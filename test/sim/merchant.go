package sim

import (
	"errors"
	"time"

	"seckill/internal/sale"
)

// merchant puts the product on sale, and then changes its mind now and then.
func (s *story) merchant(n int) {
	quantity := int64(1 + s.rng.IntN(s.buyers))
	for change := 0; change < 1+s.rng.IntN(4) || s.echoes && change < 8; {
		if !s.forged && s.rng.IntN(12) == 0 || s.echoes && s.rng.IntN(2) == 0 {
			s.remove(n)
		}
		terms := s.terms(quantity, change > 0)
		if err := s.put(n, func(sale.Product) sale.Terms { return terms }); err == nil || errors.Is(err, sale.ErrTermsRefused) {
			change++
		}
		s.sleep(s.ms(4000))
		quantity = max(1, quantity+int64(s.rng.IntN(9)-4))
	}
	// The last word lets everybody buy, for good.
	for s.put(n, func(now sale.Product) sale.Terms {
		return sale.Terms{Quantity: max(quantity, now.Terms.Quantity), LimitPerUser: max(1, now.Terms.LimitPerUser), OrdersPerUser: s.most}
	}) != nil {
		s.sleep(s.ms(500))
	}
}

func (s *story) terms(quantity int64, wild bool) sale.Terms {
	t := sale.Terms{Quantity: quantity, LimitPerUser: 1 + s.rng.IntN(2), OrdersPerUser: s.most}
	if s.rng.IntN(2) == 0 { // while a program of before is alive it is refused
		t.Price = sale.Price{Amount: 100 + quantity, Currency: "EUR"}
	}
	if s.rng.IntN(3) > 0 || s.echoes {
		t.PaymentWindow, t.UnpaidPerAddress = 10*time.Second, s.ofAddress
	}
	if !wild {
		return t
	}
	if s.rng.IntN(4) == 0 {
		t.Group = group
	}
	switch s.rng.IntN(8) {
	case 0, 1:
		t.Paused = true
	case 2:
		t.Closed, t.Archived = true, t.Price.Amount > 0 // a price needs version 3, too
	case 3:
		t.OpensAt = s.gateClock().Add(s.ms(3000))
	case 4:
		t.ClosesAt = s.gateClock().Add(s.ms(3000))
	}
	return t
}

var errNoAnswer = errors.New("no answer came back")

// patience is a merchant's, and how long a change may take: one that comes too
// late to be waited for must not undo the next.
const patience = 10 * time.Second

func (s *story) put(n int, terms func(now sale.Product) sale.Terms) error {
	err, ctx := errNoAnswer, s.deadline(patience)
	s.in("put", patience, func(p *process) {
		_, err = p.opener.Put(ctx, productID(n), p.operator("merchant"), func(now sale.Product) (sale.Terms, error) {
			t := terms(now)
			if (t.Group != "" || t.UnpaidPerAddress > 0) && p.older() {
				return t, errBarred // it knows neither
			}
			return t, nil
		})
	})
	return err
}

// remove closes the product and deletes it, if nobody puts it again between.
func (s *story) remove(n int) {
	if s.put(n, func(now sale.Product) sale.Terms {
		return sale.Terms{Quantity: max(1, now.Terms.Quantity), LimitPerUser: max(1, now.Terms.LimitPerUser), OrdersPerUser: s.most, Closed: true}
	}) == nil {
		ctx := s.deadline(patience)
		s.in("delete", patience, func(p *process) { _ = p.opener.Delete(ctx, productID(n), p.operator("merchant")) })
	}
}
