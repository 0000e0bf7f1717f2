package projector

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// deliverWithin is how long the returns of one product may take, before others get
// their turn. What was handed over by then stays.
const deliverWithin = 5 * time.Second

// owed are products with returns that their gates may not have.
type owed struct {
	mu       sync.Mutex
	products map[string]bool
	busy     map[string]bool // somebody hands them over
}

func (o *owed) add(product string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.products[product] = true
}

// begin takes those whom nobody is busy with.
func (o *owed) begin() (products []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, product := range slices.Sorted(maps.Keys(o.products)) {
		if !o.busy[product] {
			delete(o.products, product)
			o.busy[product] = true
			products = append(products, product)
		}
	}
	return products
}

// end reports whether more is owed to a product by now; if handing over has
// failed it is owed still, and left to the next step.
func (o *owed) end(product string, failed bool) (more bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	more = o.products[product] && !failed
	if failed {
		o.products[product] = true
	} else {
		delete(o.products, product)
	}
	if !more {
		delete(o.busy, product)
	}
	return more
}

// Deliver hands what this cursor's steps freed to the gates: each product by itself,
// in what spawn is given, so that a gate that is away keeps nobody waiting. What a
// gate cannot take now is owed still.
func (p *Projector) Deliver(ctx context.Context, c *Cursor, spawn func(work func())) {
	for _, product := range c.owed.begin() {
		spawn(func() {
			for c.owed.end(product, p.handOver(ctx, product) != nil) {
			}
		})
	}
}

func (p *Projector) handOver(ctx context.Context, product string) error {
	ctx, cancel := context.WithTimeout(ctx, deliverWithin)
	defer cancel()
	return p.HandOver(ctx, product)
}
