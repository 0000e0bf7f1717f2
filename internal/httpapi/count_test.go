package httpapi

import (
	"fmt"
	"maps"
	"sync"
	"testing"
	"time"
)

// A meter keeps what it is told.
type meter struct {
	mu       sync.Mutex
	requests map[string]int
}

func (m *meter) Buys(string) func(time.Duration) { return func(time.Duration) {} }

func (m *meter) Sold(answer string) func([]byte, time.Time, time.Duration) {
	return func(product []byte, _ time.Time, _ time.Duration) {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.requests[answer+" "+string(product)]++
	}
}

func (m *meter) Requests(method, route string, status int) func() {
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.requests[fmt.Sprint(method, " ", route, " ", status)]++
	}
}

// Each request is counted once, by its route, and never by what a stranger put into its path.
func TestRequestsAreCountedByRoute(t *testing.T) {
	m := &meter{requests: map[string]int{}}
	s := serve(t, func(_ *shop, c *Config) { c.Meter = m })
	for _, r := range [][2]string{
		{"GET", "/api/products"}, {"GET", "/api/products/a"}, {"GET", "/api/products/b"}, {"GET", "/livez"},
		{"POST", "/api/products/a/orders"}, {"GET", "/api/products/a/events"}, {"GET", "/elsewhere"}, {"BREW", "/livez"}, {"GET", "/api//products"},
	} {
		s.do(t, r[0], r[1], "")
	}
	want := map[string]int{
		"GET /api/products 200": 1, "GET /api/products/{id} 404": 2, "GET /livez 200": 1,
		"POST /api/products/{id}/orders 415": 1, "GET /api/products/{id}/events 404": 1, "none none 404": 2, "none none 405": 1,
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if !maps.Equal(m.requests, want) {
		t.Errorf("counted %v,\nnot %v", m.requests, want)
	}
}
