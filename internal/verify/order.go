package verify

import "seckill/internal/sale"

// order judges one row. They come by number, rejected ones, which have none, first.
func (a *productAudit) order(o *sale.Order) {
	a.orders++
	a.number(o)
	a.status(o)
	if o.Status.Holds() {
		a.hold(o)
	}
	if o.Epoch < 1 || o.Epoch > a.p.Epoch {
		a.find(neverOpened, a.p.ID, rowOf(o), Number{"its epoch", o.Epoch}, Number{"current epoch", a.p.Epoch})
	}
	if o.Position.Partition != a.p.Partition || o.Position.Offset < -1 || // -1: a state has brought it
		o.Position.Offset >= a.mark {
		a.find(neverFolded.of(o.Position.Partition, o.Position.Offset), a.p.ID, rowOf(o), Number{"position", a.mark})
	}
	if a.table != nil {
		a.refolded(o)
	}
	if a.gate != nil {
		a.gate.order(o)
	}
}

func (a *productAudit) number(o *sale.Order) {
	switch {
	case o.Status == sale.Rejected && o.Number == 0:
	case o.Status == sale.Rejected:
		a.find(rejectedHasNumber, a.p.ID, rowOf(o), Number{"number", o.Number})
	case o.Number != a.last+1:
		a.find(numbersOutOfOrder, a.p.ID, rowOf(o), Number{"number", o.Number}, Number{"after", a.last})
		a.last = max(a.last, o.Number)
	default:
		a.last = o.Number
	}
}

// hold counts a unit for its user. A slot may be above today's limit: it was
// given under a higher one, and the user's other units came free.
func (a *productAudit) hold(o *sale.Order) {
	u := a.users.number(o.UserID)
	for int(u) >= len(a.tallies) {
		a.tallies = append(a.tallies, make([]tally, max(1024, len(a.users.names)-len(a.tallies)))...)
	}
	t := &a.tallies[u]
	t.held++
	a.most = max(a.most, int(t.held))
	if int(t.held) == a.p.Terms.LimitPerUser+1 {
		a.find(userAboveLimit.of(safe(o.UserID)), a.p.ID, rowOf(o), Number{"limit", int64(a.p.Terms.LimitPerUser)})
	}
	if o.Slot < 1 || o.Slot > sale.MaxLimit {
		a.find(noSuchSlot, a.p.ID, rowOf(o), Number{"slot", int64(o.Slot)})
		return
	}
	word, bit := &t.slots[o.Slot/64], uint64(1)<<(o.Slot%64)
	if *word&bit != 0 {
		a.find(slotTaken.of(safe(o.UserID)), a.p.ID, rowOf(o), Number{"slot", int64(o.Slot)})
	}
	*word |= bit
}

// status judges that a row is one that legal steps lead to, and counts it.
func (a *productAudit) status(o *sale.Order) {
	ended, payable := !o.EndedAt.IsZero(), !o.PayBy.IsZero()
	free := o.Status == sale.Cancelled || o.Status == sale.Expired
	switch {
	case !o.Status.Valid():
		a.find(noSuchStatus.of(o.Status), a.p.ID, rowOf(o))
	case free != ended:
		a.find(endedAtDiffers.of(o.Status), a.p.ID, rowOf(o))
	case (free && o.VoidReason == "" || o.Status == sale.Paid && o.PaymentID == "") && !payable, o.Status == sale.Rejected && payable:
		a.find(payByDiffers.of(o.Status), a.p.ID, rowOf(o))
	}
	switch c := &a.rows; o.Status {
	case sale.Placed:
		c.Placed++
	case sale.Paid:
		c.Paid++
	case sale.Cancelled:
		c.Cancelled++
	case sale.Expired:
		c.Expired++
	case sale.Rejected:
		c.Rejected++
	}
}

// legal reports whether a record of this kind, with this outcome, may take an
// order from before to after; "" is no order. A pay with money tells of a payment, an
// order with money was asked for by a late one. It says by itself what package
// sale promises, so that a wrong fold is not its own witness.
func legal(kind sale.Kind, money bool, outcome sale.Outcome, before, after sale.Status) bool {
	unborn := before == "" || before == sale.Rejected // a rejected order may be judged anew
	switch {
	case outcome == sale.Applied && kind == sale.KindOrder:
		return unborn && after == map[bool]sale.Status{true: sale.Paid, false: sale.Placed}[money]
	case outcome == sale.Applied && kind == sale.KindVoid:
		return before.Holds() && after == ending[kind]
	case outcome == sale.Applied && (!money || before == sale.Placed && after != before):
		return before == sale.Placed && after == ending[kind]
	case outcome == sale.Refused && kind == sale.KindOrder:
		return unborn && after == sale.Rejected
	}
	return before == after
}

// ending is where each kind takes a placed order.
var ending = map[sale.Kind]sale.Status{
	sale.KindPay: sale.Paid, sale.KindCancel: sale.Cancelled, sale.KindExpire: sale.Expired, sale.KindVoid: sale.Cancelled,
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

// opening judges that an opening was accepted iff it follows the epoch before it.
func (f *refold) opening(t *table, r *sale.Record, pos sale.Position, outcome sale.Outcome) {
	next := r.Epoch == t.opened.epoch+1+r.Skips
	if accepted := outcome != sale.Stale; accepted != next {
		f.find(openingOutcome.of(outcome), r.ProductID, at(pos), Number{"its epoch", r.Epoch}, Number{"epoch before it", t.opened.epoch})
	}
	if next {
		t.opened = epochs{r.Epoch, r.Nonce}
	}
}

// inEpoch judges that an order took effect in its own epoch only, and what ended the
// order o in o's or a later one.
func (f *refold) inEpoch(t *table, r *sale.Record, o *sale.Order, pos sale.Position) {
	switch {
	case r.Kind == sale.KindOrder && r.Epoch != t.opened.epoch:
		f.find(orderOfAnotherEpoch, r.ProductID, at(pos), Number{"its epoch", r.Epoch}, Number{"current epoch", t.opened.epoch})
	case r.Epoch < o.Epoch:
		f.find(stepOfPastEpoch.of(r.Kind), r.ProductID, at(pos), Number{"its epoch", r.Epoch}, Number{"the order's", o.Epoch})
	}
}
