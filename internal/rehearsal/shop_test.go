package rehearsal_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"seckill/internal/rehearsal"
	"seckill/internal/rehearsal/registrytest"
	"seckill/internal/sale"
)

// A memRegistry in memory. Its running one is gone when a test says so.
type memRegistry struct {
	mu      sync.Mutex
	kept    map[string][2][]byte
	running string
	stop    bool
}

func (s *memRegistry) Begin(_ context.Context, id string, summary []byte) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running != "" {
		return s.running, nil
	}
	s.kept[id], s.running, s.stop = [2][]byte{summary, nil}, id, false
	return "", nil
}

func (s *memRegistry) Keep(_ context.Context, id string, summary, report []byte, ended bool) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running != id {
		return false, sale.ErrNotFound
	}
	if report == nil {
		report = s.kept[id][1]
	}
	s.kept[id] = [2][]byte{summary, report}
	if ended {
		s.running = ""
	}
	return s.stop, nil
}

func (s *memRegistry) Get(_ context.Context, id string) (summary, report []byte, running bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, ok := s.kept[id]
	if !ok {
		return nil, nil, false, sale.ErrNotFound
	}
	return k[0], k[1], s.running == id, nil
}

func (s *memRegistry) All(_ context.Context, f func(string, []byte, bool)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []string
	for id := range s.kept {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range slices.Backward(ids) {
		f(id, s.kept[id][0], s.running == id)
	}
	return nil
}

func (s *memRegistry) Remove(_ context.Context, id string) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running == id {
		s.stop = true
		return true, nil
	}
	if _, ok := s.kept[id]; !ok {
		return false, sale.ErrNotFound
	}
	delete(s.kept, id)
	return false, nil
}

func (s *memRegistry) lose() *memRegistry {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = ""
	return s
}

func TestTheRegistryOfTheseTests(t *testing.T) {
	registrytest.Exercise(t, func(*testing.T) (rehearsal.Registry, func() rehearsal.Registry) {
		s := &memRegistry{kept: map[string][2][]byte{}}
		return s, func() rehearsal.Registry { return s.lose() }
	})
}

// A shop sells over HTTP; its units come free again when a test says so.
type shop struct {
	*memRegistry
	t   *testing.T
	url string

	mu       sync.Mutex
	products map[string]*sale.Product
	users    map[string]bool
	overtake map[string]chan struct{} // not nil: a first click waits for the second to be answered
	held     chan struct{}            // not nil: nobody is answered before it is closed
	refuse   error                    // of Put
	ruling   rehearsal.Audit
	cannot   error // of the audit
	news     chan struct{}
}

func newShop(t *testing.T) *shop {
	s := &shop{
		memRegistry: &memRegistry{kept: map[string][2][]byte{}}, t: t, products: map[string]*sale.Product{}, users: map[string]bool{},
		ruling: rehearsal.Audit{Document: json.RawMessage(`{}`)}, news: make(chan struct{}, 1),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/products/{id}", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("POST /api/products/{id}/orders", s.buy)
	mux.HandleFunc("POST /api/orders/{id}/pay", s.pay)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// runner is a process of the sale.
func (s *shop) runner() *rehearsal.Runner {
	ids := 0
	runner := rehearsal.New(rehearsal.Parts{
		Registry: s.memRegistry, Merchant: s, Store: s, Audit: s.judge, URL: s.url, Now: time.Now,
		Pay: func(product string) string { return "pass-of-" + product },
		News: func(string) {
			select {
			case s.news <- struct{}{}:
			default:
			}
		},
		NewID: func() string { ids++; return fmt.Sprint("x", ids) },
	})
	s.t.Cleanup(runner.Close)
	return runner
}

// hold answers no buyer until release: what is begun goes on for as long.
func (s *shop) hold() (release func()) {
	s.held = make(chan struct{})
	release = sync.OnceFunc(func() { close(s.held) })
	s.t.Cleanup(release)
	return release
}

func (s *shop) buy(w http.ResponseWriter, r *http.Request) {
	var body struct {
		UserID string `json:"user_id"`
	}
	_ = json.NewDecoder(r.Body).Decode(&body)
	if s.held != nil {
		<-s.held
	}
	defer s.turn(body.UserID)()
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.products[r.PathValue("id")]
	status, kind := 201, ""
	switch {
	case s.users[body.UserID]:
		status, kind = 409, "already_bought"
	case p.Held >= p.Terms.Quantity:
		status, kind = 409, "sold_out"
	default:
		p.Held++
		p.Placed++
		s.users[body.UserID] = true
	}
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"order_id":%q,"status":"placed","type":"/problems/%s"}`, p.ID+"."+body.UserID, kind)
}

// turn waits until it is the click's turn, and returns what to call once it is answered.
func (s *shop) turn(user string) func() {
	s.mu.Lock()
	answered, second := s.overtake[user]
	if s.overtake != nil && !second {
		answered = make(chan struct{})
		s.overtake[user] = answered
	}
	s.mu.Unlock()
	if second {
		return func() { close(answered) }
	}
	if answered != nil {
		<-answered
	}
	return func() {}
}

func (s *shop) pay(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, _, _ := strings.Cut(r.PathValue("id"), ".")
	if r.Header.Get("Authorization") != "Bearer pass-of-"+id {
		w.WriteHeader(401)
		return
	}
	s.products[id].Placed--
	s.products[id].Paid++
}

// expire lets the payment window pass.
func (s *shop) expire(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.products[id]
	p.Expired += p.Placed
	p.Held -= p.Placed
	p.Placed = 0
}

func (s *shop) Put(_ context.Context, id, by string, change func(sale.Product) (sale.Terms, error)) (sale.Product, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.products[id]
	if p == nil {
		p = &sale.Product{ID: id}
	}
	terms, err := change(*p)
	if err == nil {
		err = s.refuse
	}
	if err == nil {
		err = terms.Check()
	}
	if err != nil {
		return *p, err
	}
	p.Terms, p.Epoch = terms, p.Epoch+1
	s.products[id] = p
	return *p, nil
}

func (s *shop) Delete(_ context.Context, id, by string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.products[id]; p == nil || !p.Terms.Closed {
		return sale.ErrTermsRefused
	}
	delete(s.products, id)
	return nil
}

func (s *shop) Product(_ context.Context, id string) (sale.Product, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.products[id]; p != nil {
		return *p, nil
	}
	return sale.Product{}, sale.ErrNotFound
}

func (s *shop) Products(context.Context, bool) (all []sale.Product, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.products {
		all = append(all, *p)
	}
	return all, nil
}

func (s *shop) judge(context.Context, string) (rehearsal.Audit, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ruling, s.cannot
}
