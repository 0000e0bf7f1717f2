package sim

import (
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"time"

	"seckill/internal/gate"
	"seckill/internal/purchase"
	"seckill/internal/sale"
)

// buyer tries to buy, and again under the same key at any process, to pay or to
// cancel, or both at once, and comes back later, when the epoch may be another.
func (s *story) buyer(n int) {
	s.sleep(s.ms(8000))
	product := s.rng.IntN(s.products)
	user := userID(n % max(1, s.buyers*3/4)) // some users come twice
	id := orderID(product, s.rng.Uint64())
	for try := 0; try < 1+s.rng.IntN(4); try++ {
		if s.buy(user, id) {
			break
		}
		if s.rng.IntN(4) > 0 { // else they ask anew at once
			s.sleep(s.ms(3000))
		}
	}
	if r, bought := s.receipts[id]; bought && s.rng.IntN(3) > 0 {
		late := 12000 // the window is 10 s: some payments race their expiry
		if s.echoes {
			late = 3000
		}
		s.sleep(s.ms(late))
		if s.rng.IntN(4) == 0 {
			s.client("second thoughts", func() { s.end(id, r) })
		}
		if s.pays {
			s.pay(r.product, id)
		} else {
			s.end(id, r)
		}
	} else if s.pays && s.rng.IntN(4) == 0 { // whether there is an order or not
		s.pay(productOf(id), id)
	}
	for again := s.rng.IntN(4) == 0 || s.echoes; again; again = s.echoes && s.rng.IntN(4) > 0 {
		s.sleep(s.ms(3000))
		s.buy(user, id)
	}
}

// userID is a buyer's; some are as long and as odd as one may be.
func userID(n int) string {
	if n%5 == 2 {
		return (fmt.Sprintf("gid://shop/%d|", n) + strings.Repeat("=+~@a.b:", sale.MaxUser))[:sale.MaxUser]
	}
	return fmt.Sprintf("user-%d", n)
}

// group is what some products are for, and groupsOf those that a buyer is in.
const group = "/members:vip"

func groupsOf(user string) []string {
	return [][]string{nil, {group}, {"staff", group}, {"staff"}}[crc32.ChecksumIEEE([]byte(user))%4]
}

// originOf is where a buyer is; some are nowhere that counts.
func originOf(user string) string {
	return []string{"", "0123456789abcdef", "fedcba9876543210"}[crc32.ChecksumIEEE([]byte(user))%3]
}

// buy reports whether the buyer has an order for certain.
func (s *story) buy(user string, id sale.OrderID) (bought bool) {
	s.in("buy", 3*time.Second, func(p *process) {
		product, asked := productOf(id), s.now
		if p.older() && sale.UserVersion(user) == newest {
			return // it knows no such id
		}
		s.buying[id]++
		defer func() { s.buying[id]-- }()
		answer, refused := p.desk.Refuse([]byte(product), []byte(user))
		if refused {
			s.checkView(p, product, answer)
		} else {
			patience, wait := 2*time.Second, 2*time.Second
			if s.chance(2) { // some cannot wait so long
				wait = s.ms(2000)
			}
			if s.chance(8) { // some give up at once
				patience = s.ms(3)
			}
			delete(s.refused, id)
			var err error
			if answer, err = p.desk.Buy(s.deadline(patience), s.deadline(min(patience, wait)), product, purchase.Request{User: user, Order: id, Groups: groupsOf(user), Origin: originOf(user)}); err != nil {
				return
			}
		}
		if answer.Result == purchase.Again { // its status is the store's to tell
			if _, err := p.settle.Find(s.deadline(time.Second), id); err != nil {
				return
			}
		}
		r, firm := s.receipts[id]
		switch answer.Result {
		case purchase.Queued:
		case purchase.Placed, purchase.Again:
			bought = true
			if answer.Order != id {
				s.find("%s asked for order %s and was given %s", user, id, answer.Order)
			}
			if !firm || r.epoch < s.store.view().wiped[product] {
				s.receipts[id] = receipt{user, product, answer.Epoch, sale.Placed, s.now}
			}
		default:
			if s.buying[id] == 1 { // else another buy's try may be admitted yet
				r := refusal{p, p.life, answer.Epoch, asked, s.now}
				if at, decided := s.decided[id]; decided && !refused {
					r.told = at
				}
				s.refused[id] = r
			}
			// It must be news to this gate that they have the order.
			known := firm && asked.Sub(r.at) > purchase.ViewAge && answer.Epoch >= r.epoch
			if known && r.epoch >= s.store.view().wiped[product] {
				s.find("%s has order %s and was told %d at %s", user, id, answer.Result, s.now)
			}
		}
	})
	return bought
}

// A refusal is what a buy was told, by a process in one of its lives, while no other buy
// under the id was at work. It is of the moment at which the process had it from the gate: what
// another buy of the same key sends behind that is a later try, however long the word is on its way.
type refusal struct {
	by          *process
	life        int
	epoch       int64
	asked, told time.Time
}

// admitted judges a gate's answers to what a process sent in one of its lives: no try of a buy
// is admitted once that was refused. Of another process that is promised to who waits as
// long as they are told to, and while the gate's clock is right. At an earlier epoch, by a
// primary of before, it may be: nothing comes of it. And nobody is admitted but who is in
// the group that the store's terms name, and everybody who is. No address has more orders that wait
// for payment than one may.
func (s *system) admitted(p *process, life int, product string, sent time.Time, batch []gate.Request, a gate.Admission) {
	terms := s.store.view().products[product]
	for i, d := range a.Decisions {
		in := terms.Terms.Group == "" || slices.Contains(groupsOf(batch[i].User), terms.Terms.Group)
		if isLate(d.Order) { // whoever asks for it had an order before
			continue
		}
		if terms.Epoch == a.View.Epoch && (d.Verdict == gate.Admitted && !in || d.Verdict == gate.NotEligible && in) {
			s.broken = append(s.broken, fmt.Sprintf("%s is for %q, and a buyer in %q was told %d", product, terms.Terms.Group, batch[i].Groups, d.Verdict))
		}
		if id := batch[i].Order; d.Verdict != gate.Admitted {
			s.decided[id] = s.now
		}
		r, refused := s.refused[d.Order]
		if d.Verdict != gate.Admitted || !refused || a.View.Epoch < r.epoch || sent.After(r.told) {
			continue
		}
		if r.by == p && r.life == life || s.turned.IsZero() && r.asked.Sub(sent) > purchase.AdmitWithin {
			s.broken = append(s.broken, fmt.Sprintf("order %s was admitted at %s, and its buyer told no at %s", d.Order, s.now, r.told))
		}
	}
	unpaid := map[string]int{}
	for _, o := range s.store.view().orders {
		if o.ProductID == product && o.Origin != "" {
			unpaid[o.Origin]++
		}
	}
	for origin, n := range unpaid {
		if n > s.ofAddress {
			s.broken = append(s.broken, fmt.Sprintf("%s has %d orders from %s that wait for payment, and %d may", product, n, origin, s.ofAddress))
		}
	}
}

// checkView judges a refusal from the memory of a process: a sold_out is a true
// word of the last 100 ms.
func (s *story) checkView(p *process, product string, a purchase.Answer) {
	server, is := p.gate.(*gateServer)
	if !is || a.Result != purchase.SoldOut || s.now.Sub(p.moved) <= purchase.ViewAge {
		return
	}
	g, err := server.opened(product, a.Epoch)
	free := s.gateClock().Sub(g.freeSince)
	if err == nil && g.view.Remaining > 0 && free > purchase.ViewAge && !s.skewed(purchase.ViewAge) {
		s.find("%s refused for want of units, and %s had %d for %s", p.name, product, g.view.Remaining, free)
	}
}

// end pays or cancels, and notes what was answered.
func (s *story) end(id sale.OrderID, r receipt) {
	s.in("settle", 3*time.Second, func(p *process) {
		end := p.settle.Pay
		if s.rng.IntN(2) == 0 {
			end = p.settle.Cancel
		}
		by := p.operator([]string{"", "till"}[id[15]%2])
		if o, err := end(s.deadline(2*time.Second), id, by); err == nil {
			r.epoch, r.status = o.Epoch, o.Status // of the order as it is: log and tables may have been put back since it was bought
			s.receipts[id] = r
		}
	})
}
