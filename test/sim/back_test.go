package sim

import (
	"testing"
	"time"

	"seckill/internal/sale"
)

// TestAReceiptIsOfTheOrderAsItIs: an order is bought, log and tables are put back, it is
// bought again at an earlier epoch, and paid by who remembers the first. What is firm is
// the second, which goes if the product is deleted.
func TestAReceiptIsOfTheOrderAsItIs(t *testing.T) {
	s := newStory(true)
	s.products, s.buyers = 1, 1
	s.system = newSystem(0, false, 2)
	user, id := userID(0), orderID(0, 1)
	sell := func() {
		for s.put(0, func(sale.Product) sale.Terms {
			return sale.Terms{Quantity: 1, LimitPerUser: 1, PaymentWindow: time.Minute}
		}) != nil {
			s.sleep(time.Second)
		}
	}
	s.client("buyer", func() {
		for range 3 {
			sell()
		}
		s.buy(user, id)
		first := s.receipts[id]
		s.restore(s.nothing())
		sell()
		s.buy(user, id)
		second := s.receipts[id]
		for s.receipts[id].status == sale.Placed {
			s.end(id, first)
		}
		if is := s.receipts[id]; first.epoch <= second.epoch || is.epoch != second.epoch {
			t.Errorf("bought at epoch %d, then at %d, and paid or cancelled at %d", first.epoch, second.epoch, is.epoch)
		}
	})
	s.run(func() bool { return s.busy == 0 }, time.Minute)
	s.killAll(func(*task) bool { return true })
}
