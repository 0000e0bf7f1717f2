package sim

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

// A gateServer holds gates as a Redis does: what it holds outlives a restart, or
// is taken over by a replica, but for a tail that may be lost. gatetest holds it
// to the contract.
type gateServer struct {
	*gateMemory
	store string // whose gates are asked for
}

type gateMemory struct {
	mu          sync.Mutex
	now         func() time.Time
	most        int // orders of a product that may wait for the log
	incarnation string
	gates       gates
	past        []gates // the last ones
}

// gates are what the server holds at one instant. They are replaced, and never
// changed.
type gates map[gateKey]gateState

type gateKey struct{ store, product string }

type gateState struct {
	open        bool
	epoch       int64 // 0: there is no gate, only its outbox
	incarnation string
	view        gate.View
	users       map[string][]gate.Holding // oldest first
	bySeq       []string                  // the users of the admitted orders, from seq 1 on
	fences      map[string]int64          // by lane: tries of a lower number come too late
	unpaid      map[string]int            // by origin: orders that wait for payment
	outbox      []gate.Entry
	freeSince   time.Time // when remaining last rose above 0
}

var _ gate.Keeper = (*gateServer)(nil)

func newGateServer(now func() time.Time, most int, incarnation, store string) *gateServer {
	return &gateServer{&gateMemory{now: now, most: most, incarnation: incarnation}, store}
}

// of is the same server, as those of another store ask it.
func (s *gateServer) of(store string) *gateServer { return &gateServer{s.gateMemory, store} }

func (s *gateServer) state(product string) gateState { return s.gates[gateKey{s.store, product}] }

const remembered = 64 // states that a server may fall back to

// take makes this a server that runs anew, with what from held some changes ago.
func (s *gateMemory) take(from *gateServer, changes int, incarnation string) {
	kept := from.gates
	if changes = min(changes, len(from.past)); changes > 0 {
		kept = from.past[len(from.past)-changes]
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gates, s.past, s.incarnation = kept, nil, incarnation
}

// change replaces one product's state.
func (s *gateServer) change(product string, g gateState) {
	s.past = append(s.past, s.gates)
	if len(s.past) > 2*remembered {
		s.past = slices.Clone(s.past[remembered:])
	}
	s.gates = maps.Clone(s.gates)
	if s.gates == nil {
		s.gates = gates{}
	}
	s.gates[gateKey{s.store, product}] = g
}

// opened is the state of a gate that is open here and now, at epoch if one is given.
func (s *gateServer) opened(product string, epoch int64) (gateState, error) {
	g := s.state(product)
	switch {
	case g.epoch == 0:
		return g, sale.ErrNoGate
	case g.incarnation != s.incarnation:
		return g, sale.ErrFenced
	case !g.open:
		return g, sale.ErrShut
	case epoch != 0 && epoch != g.epoch:
		return g, sale.ErrFenced
	}
	return g, nil
}

// opening is the state of a gate that is shut at epoch, by this incarnation's opener.
func (s *gateServer) opening(product string, epoch int64, incarnation string) (gateState, error) {
	g := s.state(product)
	switch {
	case g.epoch == 0:
		return g, sale.ErrNoGate
	case g.open || g.epoch != epoch || g.incarnation != incarnation || incarnation != s.incarnation:
		return g, sale.ErrFenced
	}
	return g, nil
}

func (s *gateServer) Shut(_ context.Context, product string, epoch int64) (string, time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.state(product)
	if epoch < g.epoch || epoch == g.epoch && g.open {
		return "", time.Time{}, sale.ErrFenced
	}
	if epoch != g.epoch || g.incarnation != s.incarnation {
		s.change(product, gateState{epoch: epoch, incarnation: s.incarnation, view: gate.View{Epoch: epoch}, outbox: g.outbox})
	}
	g = s.state(product)
	g.view.Signs++
	s.change(product, g)
	return s.incarnation, s.now(), nil
}

func (s *gateServer) Load(_ context.Context, product string, epoch int64, incarnation string, hs []gate.Holding) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, err := s.opening(product, epoch, incarnation)
	if err != nil {
		return err
	}
	g.users, g.unpaid = cloned(g.users), maps.Clone(g.unpaid)
	for _, h := range hs {
		g.add(h)
		g.wait(h.Origin, 1)
	}
	g.view.Signs++
	s.change(product, g)
	return nil
}

func (s *gateServer) Open(_ context.Context, product string, epoch int64, incarnation string, start gate.Start) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, err := s.opening(product, epoch, incarnation)
	if err != nil {
		return err
	}
	g.open, g.freeSince = true, s.now()
	g.view = gate.View{Epoch: epoch, Remaining: start.Remaining, Returned: start.Returned, Terms: start.Terms}
	s.change(product, g)
	return nil
}

func (s *gateServer) Remove(_ context.Context, product string, epoch int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.state(product)
	switch {
	case g.epoch == 0:
		return nil
	case g.epoch != epoch:
		return sale.ErrFenced
	}
	s.change(product, gateState{outbox: g.outbox})
	return nil
}

func (s *gateServer) Pending(_ context.Context, product string, age time.Duration, most int) ([]gate.Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pending(product, age, most), nil
}

func (s *gateServer) pending(product string, age time.Duration, most int) (old []gate.Entry) {
	for _, e := range s.state(product).outbox {
		if len(old) < most && (age <= 0 || s.now().Sub(e.Orders[0].At) >= age) {
			old = append(old, gate.Entry{ID: e.ID, Orders: slices.Clone(e.Orders)})
		}
	}
	return old
}

func (s *gateServer) Forget(_ context.Context, product string, entries []gate.EntryID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.state(product)
	g.outbox = slices.DeleteFunc(slices.Clone(g.outbox), func(e gate.Entry) bool { return slices.Contains(entries, e.ID) })
	s.change(product, g)
	return nil
}

func (s *gateServer) View(_ context.Context, product string) (gate.View, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, err := s.opened(product, 0)
	return s.viewOf(g), err
}

func (s *gateServer) viewOf(g gateState) gate.View {
	g.view.Now, g.view.Waiting = s.now(), g.waiting()
	return g.view
}

func (g *gateState) waiting() (n int64) {
	for _, e := range g.outbox {
		n += int64(len(e.Orders))
	}
	return n
}

func (s *gateServer) Users(_ context.Context, product string, epoch, from int64, f func(string)) error {
	s.mu.Lock()
	g, err := s.opened(product, epoch)
	s.mu.Unlock()
	if err != nil {
		return err
	}
	if from > 0 {
		for _, user := range g.bySeq[min(int(from)-1, len(g.bySeq)):] {
			f(user)
		}
		return nil
	}
	for _, user := range slices.SortedFunc(maps.Keys(g.users), cmp.Compare[string]) {
		f(user)
	}
	return nil
}

func (s *gateServer) Knows(_ context.Context, product string, epoch int64, user string, order sale.OrderID) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, err := s.opened(product, epoch)
	return slices.ContainsFunc(g.users[user], func(h gate.Holding) bool { return h.Order == order }), err
}

func (s *gateServer) Cut(_ context.Context, product string) (gate.Cut, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, err := s.opened(product, 0)
	c := gate.Cut{View: s.viewOf(g), Outbox: s.pending(product, 0, math.MaxInt)}
	if g.view.Terms.UnpaidPerAddress > 0 {
		c.Unpaid = maps.Clone(g.unpaid)
	}
	return c, err
}
