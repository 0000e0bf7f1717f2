package gatetest

import (
	"fmt"
	"slices"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

// model is a gate as the contract tells it, in the fewest words and with no
// regard for speed. Of the hours it knows those that need no clock.
type model struct {
	missing, shut  bool
	epoch          int64
	incarnation    string
	limit, orders  int
	closed, paused bool
	group          string
	bounded        int
	unpaid         map[string]int // by origin
	remaining      int64
	seq, returned  int64
	holdings       []gate.Holding // oldest first
	loaded         int            // how many of them were there when it opened
	outbox         []gate.Entry   // without times
	product        string
	bound          int
}

// state is what a method that needs an open gate answers; nil if it is open.
func (m *model) state() error {
	switch {
	case m.missing:
		return sale.ErrNoGate
	case m.shut:
		return sale.ErrShut
	}
	return nil
}

// at is state, for a method that names an epoch.
func (m *model) at(epoch int64) error {
	if err := m.state(); err != nil {
		return err
	}
	if epoch != m.epoch {
		return sale.ErrFenced
	}
	return nil
}

// loading is what Load and Open answer.
func (m *model) loading(epoch int64, incarnation string) error {
	switch {
	case m.missing:
		return sale.ErrNoGate
	case !m.shut || epoch != m.epoch || incarnation != m.incarnation:
		return sale.ErrFenced
	}
	return nil
}

func (m *model) shutting(epoch int64) error {
	if m.missing || epoch > m.epoch || epoch == m.epoch && m.shut {
		return nil
	}
	return sale.ErrFenced
}

func (m *model) shutAt(epoch int64, incarnation string) {
	if m.missing || epoch > m.epoch {
		m.holdings, m.unpaid = nil, map[string]int{}
	}
	m.missing, m.shut, m.epoch, m.incarnation = false, true, epoch, incarnation
}

func (m *model) load(holdings []gate.Holding) {
	m.holdings = append(m.holdings, holdings...)
	for _, h := range holdings {
		m.unpaid[h.Origin]++
	}
}

func (m *model) open(s gate.Start) {
	m.shut, m.seq, m.loaded = false, 0, len(m.holdings)
	m.remaining, m.returned = s.Remaining, s.Returned
	m.limit, m.orders, m.closed, m.paused, m.group = s.Terms.LimitPerUser, s.Terms.OrdersPerUser, s.Terms.Closed, s.Terms.Paused, s.Terms.Group
	m.bounded = s.Terms.UnpaidPerAddress
}

func (m *model) find(user string, id sale.OrderID) *gate.Holding {
	i := slices.IndexFunc(m.holdings, func(h gate.Holding) bool { return h.User == user && h.Order == id })
	if i < 0 {
		return nil
	}
	return &m.holdings[i]
}

func (m *model) waiting() (n int) {
	for _, e := range m.outbox {
		n += len(e.Orders)
	}
	return n
}

func (m *model) admit(batch []gate.Request) (decisions []gate.Decision, entry gate.EntryID, err error) {
	if err := m.state(); err != nil {
		return nil, "", err
	}
	if m.waiting() > m.bound {
		return nil, "", sale.ErrFull
	}
	e := gate.Entry{ID: gate.EntryID(fmt.Sprintf("%d-%d", m.epoch, m.seq+1))}
	for _, r := range batch {
		d := m.decide(r)
		decisions = append(decisions, d)
		if d.Verdict == gate.Admitted {
			e.Orders = append(e.Orders, sale.Record{
				Kind: sale.KindOrder, ProductID: m.product, Epoch: m.epoch, OrderID: r.Order, UserID: r.User, Seq: d.Seq, Origin: m.origin(r),
			})
		}
	}
	if len(e.Orders) == 0 {
		return decisions, "", nil
	}
	m.outbox = append(m.outbox, e)
	return decisions, e.ID, nil
}

func (m *model) decide(r gate.Request) gate.Decision {
	d := gate.Decision{Order: r.Order}
	held, had := 0, 0
	var newest sale.OrderID
	for _, h := range m.holdings {
		if h.User == r.User {
			had++
		}
		if h.User == r.User && !h.Ended {
			held++
			newest = h.Order
		}
	}
	switch {
	case m.find(r.User, r.Order) != nil:
		d.Verdict = gate.Known
	case held >= m.limit:
		d.Verdict, d.Order = gate.LimitReached, newest
	case m.orders > 0 && had >= m.orders:
		d.Verdict = gate.OrderLimit
	case m.closed:
		d.Verdict = gate.Closed
	case m.paused:
		d.Verdict = gate.Paused
	case m.remaining == 0:
		d.Verdict = gate.SoldOut
	case m.group != "" && !slices.Contains(r.Groups, m.group):
		d.Verdict = gate.NotEligible
	case m.origin(r) != "" && m.unpaid[r.Origin] >= m.bounded:
		d.Verdict = gate.AddressLimit
	default:
		m.remaining--
		m.seq++
		m.holdings = append(m.holdings, gate.Holding{User: r.User, Order: r.Order})
		m.unpaid[m.origin(r)]++
		d.Verdict, d.Seq = gate.Admitted, m.seq
	}
	return d
}

func (m *model) origin(r gate.Request) string {
	if m.bounded == 0 {
		return ""
	}
	return r.Origin
}

func (m *model) giveBack(returns []sale.Return) {
	for _, r := range returns {
		if r.Number != m.returned+1 {
			continue
		}
		m.returned++
		m.unpaid[r.Origin] = max(0, m.unpaid[r.Origin]-1)
		if r.Paid {
			continue
		}
		m.remaining++
		if h := m.find(r.UserID, r.OrderID); h != nil {
			h.Ended = true
		}
	}
}

func (m *model) forget(entries []gate.EntryID) {
	m.outbox = slices.DeleteFunc(m.outbox, func(e gate.Entry) bool { return slices.Contains(entries, e.ID) })
}

// waits is how many orders of each origin wait for payment, where that is bounded.
func (m *model) waits() map[string]int {
	waits := map[string]int{}
	for origin, n := range m.unpaid {
		if m.bounded > 0 && origin != "" && n > 0 {
			waits[origin] = n
		}
	}
	return waits
}

func (m *model) users() []string { return usersOf(m.holdings) }

// usersFrom is the users whose first order has the seq from or a later one.
func (m *model) usersFrom(from int64) []string {
	before := m.loaded + int(from) - 1
	earlier := usersOf(m.holdings[:before])
	return slices.DeleteFunc(usersOf(m.holdings[before:]), func(user string) bool { return slices.Contains(earlier, user) })
}

func usersOf(holdings []gate.Holding) []string {
	var out []string
	for _, h := range holdings {
		out = append(out, nameOf(h.User))
	}
	slices.Sort(out)
	return slices.Compact(out)
}
