package httpapi

import (
	"context"
	"maps"
	"net/netip"
	"slices"
	"sync"

	"seckill/internal/live"
	"seckill/internal/sale"
)

const (
	// streamsOfBuyer is how many streams there may be of one buyer's orders: what two browsers can have, each of
	// which opens six connections to a server at most.
	streamsOfBuyer = 12
	// lookMost is how many orders one look asks for: with one look every live.Spacing, what streams ask
	// of the store does not grow with their number.
	lookMost = 1000
)

// openStreams are the event streams of an API, and the orders that they show.
type openStreams struct {
	sync.WaitGroup
	most, ofAddress int // 0: any number

	mu        sync.Mutex
	all       int
	addresses map[netip.Prefix]int
	buyers    map[string]int
	orders    map[sale.OrderID]*watchedOrder
}

type watchedOrder struct {
	streams int
	looked  bool
	seen    Order // by the last look; zero: the store did not have it
}

func newStreams(c *Config) *openStreams {
	return &openStreams{
		most: c.MaxStreams, ofAddress: c.MaxStreamsOfAddress,
		addresses: map[netip.Prefix]int{}, buyers: map[string]int{}, orders: map[sale.OrderID]*watchedOrder{},
	}
}

// enter counts a stream in; if it is one too many, k says so, and it is not.
func (a *openStreams) enter(s *stream) (k kind, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.most > 0 && a.all >= a.most:
		return unavailable, false
	case a.ofAddress > 0 && s.from.IsValid() && a.addresses[s.from] >= a.ofAddress, s.buyer != "" && a.buyers[s.buyer] >= streamsOfBuyer:
		return tooManyStreams, false
	}
	a.Add(1)
	a.count(s, 1)
	return 0, true
}

// Streams is how many event streams there are.
func (a *API) Streams() int {
	a.streams.mu.Lock()
	defer a.streams.mu.Unlock()
	return a.streams.all
}

func (a *openStreams) leave(s *stream) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.count(s, -1)
	a.Done()
}

// count is called with a.mu held.
func (a *openStreams) count(s *stream, by int) {
	a.all += by
	if s.from.IsValid() {
		add(a.addresses, s.from, by)
	}
	if s.buyer != "" {
		add(a.buyers, s.buyer, by)
	}
	if s.order == (sale.OrderID{}) {
		return
	}
	w := a.orders[s.order]
	if w == nil {
		w = &watchedOrder{}
		a.orders[s.order] = w
	}
	if w.streams += by; w.streams == 0 {
		delete(a.orders, s.order)
	}
}

func add[K comparable](to map[K]int, key K, by int) {
	if to[key] += by; to[key] == 0 {
		delete(to, key)
	}
}

// watched are the orders that are shown.
func (a *openStreams) watched() []sale.OrderID {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Collect(maps.Keys(a.orders))
}

// changed are those of the orders asked for that are not as the last look saw them, or that none has seen.
func (a *openStreams) changed(asked []sale.OrderID, kept []sale.Order) (ids []sale.OrderID) {
	now := make(map[sale.OrderID]Order, len(kept))
	for i := range kept {
		now[kept[i].ID] = orderBody(&kept[i])
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, id := range asked {
		if w := a.orders[id]; w != nil && (!w.looked || !w.seen.is(now[id])) {
			w.looked, w.seen = true, now[id]
			ids = append(ids, id)
		}
	}
	return ids
}

// Moved is called after the store has moved, whoever has projected, and wakes the event streams: those of
// orders by whether theirs has changed, for which all are looked at together. After an error it is to be called again.
func (a *API) Moved(ctx context.Context) error {
	a.Hub.WakeAll()
	for some := range slices.Chunk(a.streams.watched(), lookMost) {
		kept, err := a.Store.OrdersByID(ctx, some)
		if err != nil {
			return err
		}
		for _, id := range a.streams.changed(some, kept) {
			a.Hub.Wake(id.String())
		}
		if len(some) == lookMost {
			if err := a.Pause(ctx, live.Spacing); err != nil {
				return err
			}
		}
	}
	return nil
}
