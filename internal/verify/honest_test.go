package verify_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seckill/internal/orderlog"
	"seckill/internal/sale"
)

// An honest world keeps the rules, and is driven at random: what it does may
// come in any order that the rules allow.
type honest struct {
	*world
	rt   *rapid.T
	next byte           // order id
	held map[string]int // by user, as the gate knows it
}

const product = "p"

func (s *honest) pick(label string, n int) int { return rapid.IntRange(0, n-1).Draw(s.rt, label) }

// open is an opening: it drains the outbox, sometimes in vain, and counts again.
func (s *honest) open() {
	if s.gates[product] != nil && s.pick("drain", 2) == 0 {
		for _, e := range s.gates[product].box {
			s.log(e.Orders[0])
		}
	}
	terms := sale.Terms{Quantity: int64(1 + s.pick("quantity", 12)), LimitPerUser: 1 + s.pick("limit", 3)}
	if s.pick("window", 3) > 0 {
		terms.PaymentWindow = time.Minute
		terms.UnpaidPerAddress = s.pick("unpaid", 3)
	}
	s.fold()
	if s.gates[product] != nil && s.pick("delete", 6) == 0 {
		closed := s.product[product].Terms
		closed.Closed = true
		s.world.open(product, closed)
		s.add(sale.Record{Kind: sale.KindOpening, ProductID: product, Epoch: s.product[product].Epoch + 1, Nonce: "gone", Deleted: true, Terms: closed, At: at})
	}
	s.world.open(product, terms)
	s.held = map[string]int{}
	for _, o := range s.orders[product] {
		if o.Status.Holds() {
			s.held[o.UserID]++
		}
	}
}

func (s *honest) log(r sale.Record) { s.line(orderlog.Line{Product: product, Record: r}) }

// admit is a buy that ends in the outbox, or goes on to the log, or is forgotten too.
func (s *honest) admit() {
	user := fmt.Sprint("u", s.pick("user", 4))
	p, d := s.product[product], s.gates[product]
	if d.view.Remaining == 0 || s.held[user] >= p.Terms.LimitPerUser || s.next == 250 {
		return
	}
	s.next++
	s.held[user]++
	r := s.world.admit(product, user, s.next)
	if far := s.pick("far", 3); far > 0 {
		s.log(r)
		if far > 1 {
			d.box = d.box[:len(d.box)-1]
		}
	}
}

// sweep appends an entry of the outbox, of whatever epoch, and perhaps forgets it.
func (s *honest) sweep() {
	d := s.gates[product]
	if len(d.box) == 0 {
		return
	}
	i := s.pick("entry", len(d.box))
	s.log(d.box[i].Orders[0])
	if s.pick("forget", 2) == 0 {
		d.box = slices.Delete(slices.Clone(d.box), i, i+1)
	}
}

func (s *honest) endOrders() {
	if s.next == 0 {
		return
	}
	kind := []sale.Kind{sale.KindPay, sale.KindCancel, sale.KindExpire}[s.pick("kind", 3)]
	s.log(sale.Record{Kind: kind, ProductID: product, OrderID: orderID(byte(1 + s.pick("order", int(s.next)))), At: at})
}

func (s *honest) handOver() {
	s.fold()
	v := &s.gates[product].view
	for _, r := range s.returns[product] {
		if r.Number == v.Returned+1 {
			s.world.handOver(product)
			if !r.Paid {
				s.held[r.UserID]--
			}
			return
		}
	}
}

func (s *honest) act(deeds map[string]func()) {
	deeds[rapid.SampledFrom(slices.Sorted(maps.Keys(deeds))).Draw(s.rt, "deed")]()
}

// Whatever an honest sale does, before the cut or between the cut and the
// snapshot, the audit finds nothing; and it folds the log by stretches as the
// store did record by record.
func TestAnHonestSaleIsNeverAccused(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := &honest{world: newWorld(t), rt: rt}
		s.open()
		buying := map[string]func(){"admit": s.admit, "sweep": s.sweep, "settle": s.endOrders, "hand over": s.handOver}
		before := maps.Clone(buying)
		before["open"] = s.open
		for range s.pick("deeds before", 60) {
			s.act(before)
		}
		if s.fold(); s.product[product].Recounts > 0 {
			s.open() // drains what may be stale, and nothing else
		}
		s.passing = func() {
			s.passing = func() {}
			for range s.pick("deeds after", 20) {
				s.act(buying)
			}
		}
		r, err := s.live()
		if err != nil {
			rt.Fatal(err)
		}
		if !r.Clean() {
			rt.Fatalf("findings:\n%s", printed(r))
		}
	})
}
