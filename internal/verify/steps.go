package verify

import "seckill/internal/sale"

// legal reports whether a record of this kind, with this outcome, may take an
// order from before to after; "" is no order. It says by itself what package
// sale promises, so that a wrong fold is not its own witness.
func legal(kind sale.Kind, outcome sale.Outcome, before, after sale.Status) bool {
	unborn := before == "" || before == sale.Rejected // a rejected order may be judged anew
	switch {
	case outcome == sale.Applied && kind == sale.KindOrder:
		return unborn && after == sale.Placed
	case outcome == sale.Applied:
		return before == sale.Placed && after == ending[kind]
	case outcome == sale.Refused && kind == sale.KindOrder:
		return unborn && after == sale.Rejected
	}
	return before == after
}

// ending is where each kind takes a placed order.
var ending = map[sale.Kind]sale.Status{
	sale.KindPay: sale.Paid, sale.KindCancel: sale.Cancelled, sale.KindExpire: sale.Expired,
}

func word(s sale.Status) string {
	if s == "" {
		return "nothing"
	}
	return string(s)
}

// epochs follows a product's accepted openings, beside the fold's own count.
type epochs struct {
	epoch int64
	nonce string
}

// opening judges that an opening was accepted iff it begins the next epoch.
func (f *refold) opening(t *table, r *sale.Record, at sale.Position, outcome sale.Outcome) {
	next := r.Epoch == t.opened.epoch+1
	if accepted := outcome != sale.Stale; accepted != next {
		f.find(Openings, r.ProductID, place(at), "an opening was "+string(outcome), Number{"its epoch", r.Epoch}, Number{"epoch before it", t.opened.epoch})
	}
	if next {
		t.opened = epochs{r.Epoch, r.Nonce}
	}
}

// inEpoch judges that an order took effect in its own epoch only.
func (f *refold) inEpoch(t *table, r *sale.Record, at sale.Position) {
	if r.Kind == sale.KindOrder && r.Epoch != t.opened.epoch {
		f.find(Openings, r.ProductID, place(at), "an order of another epoch took effect", Number{"its epoch", r.Epoch}, Number{"current epoch", t.opened.epoch})
	}
}
