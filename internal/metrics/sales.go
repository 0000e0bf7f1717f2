package metrics

import (
	"sync"
	"time"
)

// mostSales bounds the products that are counted between two times that they are taken:
// a stranger may name as many as they like.
const mostSales = 10_000

// sales are the answers to buys by product, since they were last taken.
type sales struct {
	mu    sync.Mutex
	kinds []string
	of    map[string]*saleCount
}

// A saleCount is one product's.
type saleCount struct {
	stretches []grainCount // by time, but for who was overtaken
	took      [cells]uint32
}

// A grainCount is what was answered in one grain of time.
type grainCount struct {
	at    int64 // in grains since 1970
	kinds []int32
}

// Sold returns what counts the buys of a product that got this answer at a time, and
// how long each took. All answers have to be named before the first is counted.
func (s *Set) Sold(answer string) (count func(product []byte, at time.Time, took time.Duration)) {
	l := &s.sales
	l.mu.Lock()
	defer l.mu.Unlock()
	kind := len(l.kinds)
	l.kinds = append(l.kinds, answer)
	return func(product []byte, at time.Time, took time.Duration) {
		grainAt, cell := at.UnixMilli()/grain.Milliseconds(), cellOf(max(0, took.Microseconds()))
		l.mu.Lock()
		defer l.mu.Unlock()
		c := l.of[string(product)]
		if c == nil {
			if len(l.of) >= mostSales {
				return
			}
			c = &saleCount{}
			l.of[string(product)] = c
		}
		c.took[cell]++
		c.grain(grainAt, len(l.kinds))[kind]++
	}
}

// grain is nearly always the last one.
func (c *saleCount) grain(at int64, kinds int) []int32 {
	for i := len(c.stretches) - 1; i >= 0 && c.stretches[i].at >= at; i-- {
		if c.stretches[i].at == at {
			return c.stretches[i].kinds
		}
	}
	c.stretches = append(c.stretches, grainCount{at, make([]int32, kinds)})
	return c.stretches[len(c.stretches)-1].kinds
}

// TakeSales is what was answered since it was last asked for, by product.
func (s *Set) TakeSales() map[string]Series {
	l := &s.sales
	l.mu.Lock()
	taken := l.of
	l.of = map[string]*saleCount{}
	l.mu.Unlock()
	all := make(map[string]Series, len(taken))
	for product, c := range taken {
		all[product] = c.series(l.kinds)
	}
	return all
}

func (c *saleCount) series(names []string) Series {
	s := Series{Took: map[int]int64{}}
	for cell, n := range c.took {
		if n > 0 {
			s.Took[cell] = int64(n)
		}
	}
	for _, g := range c.stretches {
		from := g.at * grain.Milliseconds()
		stretch := Stretch{from, from + grain.Milliseconds(), map[string]int64{}}
		for kind, n := range g.kinds {
			if n > 0 {
				stretch.Answers[names[kind]] = int64(n)
			}
		}
		s.Stretches = append(s.Stretches, stretch)
	}
	return Series{}.Plus(s)
}
