package sim

import (
	"strings"
	"testing"

	"seckill/internal/sale"
)

// Among the stories are such in which people pay, and everything becomes of that which may.
func TestStoriesOfPayments(t *testing.T) {
	became := map[string]int{}
	for seed := range uint64(200) {
		if !payStory(seed) {
			continue
		}
		s, found := tell(seed)
		if len(found) > 0 {
			t.Errorf("seed %d: %s", seed, strings.Join(found, "\n"))
		}
		for _, m := range s.store.view().payments {
			what := string(m.Status)
			if m.Reason != "" {
				what = m.Reason
			}
			if m.Status == sale.PaymentPaid && m.WasLate {
				what = "paid late"
			}
			became[what]++
			if m.By != "" || m.Status == sale.PaymentRefunded {
				became["refunded"]++
			}
		}
		for _, epoch := range s.store.view().wiped {
			if epoch > 0 {
				became["deleted"]++
			}
		}
	}
	for _, what := range []string{
		"paid", "paid late", "refunded", "deleted", sale.UnknownOrder, sale.WrongAmount, sale.AlreadyPaid, sale.Voided, "sold_out", "limit_reached", "order_limit",
	} {
		if became[what] == 0 {
			t.Errorf("nothing was %s: %v", what, became)
		}
	}
}
