package sale

import "slices"

// State is one product and those of its orders that the records at hand concern:
// by their id, and by their user as long as they hold a unit; and which of the ids
// are of another product's orders. A keeper fills it from its tables, lets Fold work
// on it, and writes what changed.
type State struct {
	Product Product
	// MostHeld is the most units that any one user held when the state was
	// filled, added orders and others. Only an opening that lowers the limit asks
	// for it, so it must be the first record that is folded into a partial state.
	MostHeld int
	// Owes says that the product had a payment that is late or owed back when the state was
	// filled. Only an opening that deletes asks for it, as for MostHeld.
	Owes bool

	orders   map[OrderID]*Order
	foreign  map[OrderID]bool // ids of other products' orders
	held     map[string][]*Order
	touched  map[OrderID]*Order
	returns  []Return
	history  []HistoryEntry
	payments payments
	wiped    bool
}

// NewState is the state of p with no orders known.
func NewState(p Product) *State {
	return &State{
		Product: p, orders: map[OrderID]*Order{}, foreign: map[OrderID]bool{}, held: map[string][]*Order{}, touched: map[OrderID]*Order{},
		payments: newPayments(),
	}
}

// Add makes a kept order known. Of another product's order nothing counts but its
// id, until Settle: an order id is there once, over all products.
func (s *State) Add(o Order) {
	if o.ProductID != s.Product.ID {
		s.foreign[o.ID] = true
		return
	}
	if _, known := s.orders[o.ID]; known {
		return
	}
	s.index(&o)
}

// Order returns the order with this id, nil if it is not known here.
func (s *State) Order(id OrderID) *Order { return s.orders[id] }

// Orders calls f with every order known here, in no order.
func (s *State) Orders(f func(*Order)) {
	for _, o := range s.orders {
		f(o)
	}
}

// Touched are the orders that the fold added or changed since Settle, by number
// (rejected ones, which have none, first, by position).
func (s *State) Touched() []*Order {
	orders := make([]*Order, 0, len(s.touched))
	for _, o := range s.touched {
		orders = append(orders, o)
	}
	slices.SortFunc(orders, func(a, b *Order) int {
		if a.Number != b.Number {
			return int(a.Number - b.Number)
		}
		return int(a.Position.Offset - b.Position.Offset)
	})
	return orders
}

// Returns are what orders gave back since Settle, by number.
func (s *State) Returns() []Return { return s.returns }

// Wiped reports whether the product was deleted since Settle: its orders and
// returns of before are gone. Touched and Returns came after it. Its history stays.
func (s *State) Wiped() bool { return s.wiped }

// ForgetChanges forgets what changed, for it has been written, and other products' ids.
func (s *State) ForgetChanges() {
	clear(s.touched)
	clear(s.payments.touched)
	clear(s.foreign)
	s.returns, s.history, s.wiped = nil, nil, false
}

// DeadLetter counts a poison record of this product. It frees nothing: another
// copy of the same record may be whole.
func (s *State) DeadLetter() { s.Product.Recounts++ }

func (s *State) index(o *Order) {
	s.orders[o.ID] = o
	if o.Status.Holds() {
		s.held[o.UserID] = append(s.held[o.UserID], o)
	}
}

func (s *State) put(o *Order) {
	s.index(o)
	s.touch(o)
}

func (s *State) touch(o *Order) { s.touched[o.ID] = o }

// release takes o, which has just ended, from the units that its user holds.
func (s *State) release(o *Order) {
	left := slices.DeleteFunc(s.held[o.UserID], func(h *Order) bool { return h == o })
	if len(left) == 0 {
		delete(s.held, o.UserID)
		return
	}
	s.held[o.UserID] = left
}

func (s *State) freeSlot(user string) int {
	for slot := 1; ; slot++ {
		if !slices.ContainsFunc(s.held[user], func(o *Order) bool { return o.Slot == slot }) {
			return slot
		}
	}
}

func (s *State) mostHeld() int {
	most := s.MostHeld
	for _, held := range s.held {
		most = max(most, len(held))
	}
	return most
}

// wipe makes the product a tombstone: all but its id, epoch, nonce, partition and
// history goes. Its payments stay.
func (s *State) wipe() {
	p, history, money := s.Product, s.history, s.payments
	*s = *NewState(Product{ID: p.ID, Epoch: p.Epoch, Nonce: p.Nonce, Partition: p.Partition, Deleted: true, LastEntry: p.LastEntry})
	s.history, s.payments, s.wiped = history, money, true
}
