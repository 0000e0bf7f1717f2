package trace

import (
	"iter"
	"sync"

	"seckill/internal/sale"
)

// Recent is how many of the buys that it follows a process remembers: until their orders
// are folded, unless the fold is that far behind.
const Recent = 4096

// recent are those, by their orders.
type recent struct {
	mu     sync.RWMutex
	buys   map[sale.OrderID]*Buy
	orders [Recent]sale.OrderID // in turn
	next   int
}

func (r *recent) add(b *Buy) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.buys == nil {
		r.buys = map[sale.OrderID]*Buy{}
	}
	if r.buys[b.order] == nil { // else it is asked for again, under a key
		delete(r.buys, r.orders[r.next])
		r.orders[r.next] = b.order
		r.next = (r.next + 1) % Recent
	}
	r.buys[b.order] = b
}

// find returns those of these orders.
func (r *recent) find(orders iter.Seq[sale.OrderID]) (found []*Buy) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if len(r.buys) == 0 {
		return nil
	}
	for id := range orders {
		if b := r.buys[id]; b != nil {
			found = append(found, b)
		}
	}
	return found
}
