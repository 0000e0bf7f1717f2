package httpapi

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"seckill/internal/auth"
	"seckill/internal/live"
	"seckill/internal/purchase"
	"seckill/internal/sale"
)

// A shop is a whole sale in memory, folded by the real rules: what the API works
// with in these tests. Its gate is the state itself, so nothing is ever queued
// unless a test says so.
type shop struct {
	origins []string // that buys came from
	mu      sync.Mutex
	states  map[string]*sale.State
	offset  int64
	now     time.Time
	pauses  []time.Duration // that somebody was to make
	passed  time.Duration   // by the clock that is never set back
	hub     *live.Hub
	changes int   // records that were folded
	silent  bool  // and nobody was told: another process projects
	reads   int   // of single orders
	looks   int   // at many at once
	sought  int   // reads of products
	down    error // of everything that is asked for
	gate    error // of Counter and Knows
	shut    bool
	pending bool // a buy waits for placed until it may not wait any more
	patient bool // it would have waited longer for a decision then
	failed  error
	known   map[sale.OrderID]bool // admitted, and not in the store
	late    bool                  // a placed order is folded when somebody waits for it
	behind  []sale.Record         // those
	stuck   bool                  // and then it is not
	drill   drill
	cannot  error           // of the audit
	says    purchase.Answer // to every buy, if it has a result
	tokens  []auth.Token
}

var start = time.Date(2030, 1, 2, 3, 4, 5, 678e6, time.UTC)

func newShop() *shop {
	return &shop{states: map[string]*sale.State{}, now: start, hub: live.New(), known: map[sale.OrderID]bool{}}
}

func (s *shop) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *shop) elapsed() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.passed
}

func (s *shop) since(time.Time) time.Duration { return s.elapsed() }

func (s *shop) pause(_ context.Context, d time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pauses = append(s.pauses, d)
	return nil
}

// set changes the shop under its lock.
func (s *shop) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func (s *shop) state(product string) *sale.State {
	if s.states[product] == nil {
		s.states[product] = sale.NewState(sale.Product{ID: product})
	}
	return s.states[product]
}

func (s *shop) fold(r sale.Record) sale.Outcome {
	s.offset++
	s.changes++
	r.At = s.now
	st := s.state(r.ProductID)
	out := sale.Fold(st, r, sale.Position{Offset: s.offset}, s.now)
	if !s.silent {
		s.hub.Wake(r.ProductID, r.OrderID.String())
	}
	return out
}

func (s *shop) Put(_ context.Context, id, by string, change func(sale.Product) (sale.Terms, error)) (sale.Product, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := sale.Product{ID: id}
	if st := s.states[id]; st != nil {
		p = st.Product
	}
	terms, err := change(p)
	if err := cmp.Or(s.down, err); err != nil {
		return p, err
	}
	if s.fold(sale.Record{Kind: sale.KindOpening, ProductID: id, Epoch: p.Epoch + 1, Nonce: "n", Terms: terms, By: by}) == sale.Refused {
		return p, sale.ErrTermsRefused
	}
	return s.states[id].Product, nil
}

func (s *shop) Delete(_ context.Context, id, by string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.state(id).Product
	if s.fold(sale.Record{Kind: sale.KindOpening, ProductID: id, Epoch: p.Epoch + 1, Nonce: "n", Deleted: true, By: by}) == sale.Refused {
		return sale.ErrTermsRefused
	}
	return nil
}

func (s *shop) Product(_ context.Context, id string) (sale.Product, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sought++
	if st := s.states[id]; st != nil || s.down != nil {
		if s.down != nil {
			return sale.Product{}, s.down
		}
		return st.Product, nil
	}
	return sale.Product{}, sale.ErrNotFound
}

func (s *shop) Products(context.Context, bool) (all []sale.Product, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, st := range s.states {
		all = append(all, st.Product)
	}
	slices.SortFunc(all, func(a, b sale.Product) int { return cmp.Compare(a.ID, b.ID) })
	return all, s.down
}

func (s *shop) order(id sale.OrderID) (sale.Order, error) {
	for _, st := range s.states {
		if o := st.Order(id); o != nil {
			return *o, s.down
		}
	}
	return sale.Order{}, cmp.Or(s.down, sale.ErrNotFound)
}

func (s *shop) Order(_ context.Context, id sale.OrderID) (sale.Order, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads++
	return s.order(id)
}

func (s *shop) OrdersByID(_ context.Context, ids []sale.OrderID) (found []sale.Order, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.looks++
	for _, id := range ids {
		if o, err := s.order(id); err == nil {
			found = append(found, o)
		}
	}
	return found, s.down
}

// Find waits for what was left behind.
func (s *shop) Find(ctx context.Context, id sale.OrderID) (sale.Order, error) {
	if o, err := s.Order(ctx, id); !errors.Is(err, sale.ErrNotFound) {
		return o, err
	}
	if err := s.CatchUp(ctx); err != nil {
		return sale.Order{}, err
	}
	return s.Order(ctx, id)
}

// CatchUp folds what was left behind.
func (s *shop) CatchUp(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stuck {
		return sale.ErrUnavailable
	}
	for _, r := range s.behind {
		s.fold(r)
	}
	s.behind = nil
	return nil
}

func (s *shop) List(_ context.Context, q sale.Query) ([]sale.Order, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []sale.Order
	s.state(q.Product).Orders(func(o *sale.Order) {
		ahead := o.Number > q.After
		if q.Newest {
			ahead = q.After == 0 || o.Number < q.After
		}
		if o.Number > 0 && ahead && (q.Status == "" || q.Status == o.Status) {
			found = append(found, *o)
		}
	})
	slices.SortFunc(found, func(a, b sale.Order) int {
		if q.Newest {
			a, b = b, a
		}
		return cmp.Compare(a.Number, b.Number)
	})
	return found[:min(len(found), q.Limit)], s.down
}

func (s *shop) Search(_ context.Context, q sale.Search) (found []sale.Order, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, st := range s.states {
		st.Orders(func(o *sale.Order) {
			if q.Fits(o) && (q.Behind == sale.Placing{} || o.Placing().Compare(q.Behind) < 0) {
				found = append(found, *o)
			}
		})
	}
	slices.SortFunc(found, func(a, b sale.Order) int { return b.Placing().Compare(a.Placing()) })
	return found[:min(len(found), q.Limit)], s.down
}

func (s *shop) Count(ctx context.Context, q sale.Search) (int64, error) {
	q.Behind = sale.Placing{}
	found, err := s.Search(ctx, q)
	return int64(len(found)), err
}

// History is what the fold has noted: nothing was written since.
func (s *shop) History(_ context.Context, q sale.HistoryQuery) (found []sale.HistoryEntry, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range slices.Backward(s.state(q.Product).History()) {
		if len(found) < q.Limit && (q.Before == 0 || e.Number < q.Before) && (q.Order == sale.OrderID{} || e.OrderID == q.Order) {
			found = append(found, e)
		}
	}
	return found, s.down
}

func (s *shop) Counter(_ context.Context, id string) (GateView, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.state(id).Product
	return GateView{
		Epoch: p.Epoch, Remaining: p.Terms.Quantity - p.Held - int64(len(s.known)), Returned: p.LastReturn, Now: s.now, Shut: s.shut,
	}, s.gate
}

func (s *shop) Knows(_ context.Context, _ string, _ int64, _ string, id sale.OrderID) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.known[id], s.gate
}

// Refuse answers from memory whoever surely has no order.
func (s *shop) Refuse(product, user []byte) (purchase.Answer, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.states[string(product)]
	if st == nil || !st.Product.Exists() || s.failed != nil || s.says.Result != 0 {
		return purchase.Answer{}, false
	}
	holds := false
	st.Orders(func(o *sale.Order) { holds = holds || o.UserID == string(user) })
	if holds {
		return purchase.Answer{}, false
	}
	return s.refusal(&st.Product)
}

func (s *shop) refusal(p *sale.Product) (purchase.Answer, bool) {
	a := purchase.Answer{Epoch: p.Epoch, Now: s.now, OpensAt: p.Terms.OpensAt}
	results := map[sale.Phase]purchase.Result{
		sale.Closed: purchase.Closed, sale.Paused: purchase.Paused, sale.NotOpen: purchase.NotOpen, sale.SoldOut: purchase.SoldOut,
	}
	a.Result = results[p.Terms.PhaseAt(s.now, p.Terms.Quantity-p.Held)]
	return a, a.Result != 0
}

func (s *shop) Buy(ctx, wait context.Context, product string, r purchase.Request) (purchase.Answer, error) {
	user, id := r.User, r.Order
	s.mu.Lock()
	s.origins = append(s.origins, r.Origin)
	if s.pending {
		s.known[id] = true
		epoch := s.state(product).Product.Epoch
		s.mu.Unlock()
		<-wait.Done()
		s.set(func() { s.patient = ctx.Err() == nil })
		return purchase.Answer{Result: purchase.Queued, Order: id, Epoch: epoch}, nil
	}
	defer s.mu.Unlock()
	st := s.states[product]
	if err := s.failed; err != nil || s.says.Result != 0 {
		return s.says, err
	}
	if st == nil || !st.Product.Exists() {
		return purchase.Answer{}, sale.ErrNotFound
	}
	a := purchase.Answer{Order: id, Epoch: st.Product.Epoch, Now: s.now}
	var held []sale.OrderID
	had, again := 0, st.Order(id) != nil
	st.Orders(func(o *sale.Order) {
		if o.UserID == user {
			had++
		}
		if o.UserID == user && o.Status.Holds() {
			held = append(held, o.ID)
		}
	})
	for _, r := range s.behind {
		if r.ProductID == product && r.UserID == user {
			held = append(held, r.OrderID)
		}
	}
	switch refusal, refused := s.refusal(&st.Product); {
	case again:
		a.Result = purchase.Again
	case len(held) >= st.Product.Terms.LimitPerUser:
		a.Result, a.Order = purchase.AlreadyBought, held[0]
	case had >= st.Product.Terms.MostOrders():
		a.Result = purchase.OrderLimit
	case refused:
		return refusal, nil
	case st.Product.Terms.Group != "" && !slices.Contains(r.Groups, st.Product.Terms.Group):
		a.Result = purchase.NotEligible
	default:
		a.Result = purchase.Placed
		r := sale.Record{Kind: sale.KindOrder, ProductID: product, UserID: user, OrderID: id, Epoch: a.Epoch, Seq: 1}
		if s.late {
			s.behind = append(s.behind, r)
			return a, nil
		}
		s.fold(r)
	}
	return a, nil
}

func (s *shop) end(id sale.OrderID, by string, kind sale.Kind, wanted sale.Status) (sale.Order, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, err := s.order(id)
	if err != nil {
		return o, err
	}
	s.fold(sale.Record{Kind: kind, ProductID: o.ProductID, Epoch: o.Epoch, OrderID: id, By: by})
	if o, _ = s.order(id); o.Status != wanted {
		return o, sale.ErrFinal
	}
	return o, nil
}

func (s *shop) Pay(_ context.Context, id sale.OrderID, by string) (sale.Order, error) {
	return s.end(id, by, sale.KindPay, sale.Paid)
}

func (s *shop) Cancel(_ context.Context, id sale.OrderID, by string) (sale.Order, error) {
	return s.end(id, by, sale.KindCancel, sale.Cancelled)
}

// Receive, Refund and Void do what settle.Payments does.
func (s *shop) Receive(_ context.Context, m sale.Payment, by string) (sale.Payment, sale.Order, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st, o := s.state(m.ProductID), sale.Order{}
	for _, other := range s.states {
		if found := other.Order(m.OrderID); found != nil {
			o = *found
		}
	}
	if err := s.down; err != nil {
		return m, o, err
	}
	if o.ProductID != "" && o.ProductID != m.ProductID {
		return m, o, sale.Invalid{sale.RuleOtherProduct.Of("order_id")}
	}
	s.fold(sale.Record{
		Kind: sale.KindPay, ProductID: m.ProductID, Epoch: st.Product.Epoch, OrderID: m.OrderID, PaymentID: m.ID, By: by, Price: m.Paid,
		LateID: sale.LateOrderID([]byte("secret"), m.ProductID, m.ID),
	})
	kept := st.Payment(m.ID)
	if kept.OrderID != m.OrderID || kept.Paid != m.Paid {
		return *kept, o, sale.ErrOtherPayment
	}
	o, _ = s.order(m.OrderID) // if there is one
	return *kept, o, nil
}

func (s *shop) Refund(_ context.Context, product, id, reason, by string) (m sale.Payment, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := s.state(product).Payment(id)
	if kept == nil {
		return m, cmp.Or(s.down, sale.ErrNotFound)
	}
	s.fold(sale.Record{Kind: sale.KindRefunded, ProductID: product, PaymentID: id, Reason: reason, By: by})
	if kept.Status != sale.PaymentRefunded {
		err = sale.ErrNotOwed
	}
	return *kept, err
}

func (s *shop) Void(_ context.Context, id sale.OrderID, reason, by string) (sale.Order, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, err := s.order(id)
	if err != nil {
		return o, err
	}
	s.fold(sale.Record{Kind: sale.KindVoid, ProductID: o.ProductID, Epoch: o.Epoch, OrderID: id, Reason: reason, By: by})
	if o, _ = s.order(id); o.VoidReason == "" {
		return o, sale.ErrFinal
	}
	return o, nil
}

func (s *shop) Payment(_ context.Context, product, id string) (sale.Payment, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.state(product).Payment(id); m != nil {
		return *m, s.down
	}
	return sale.Payment{}, cmp.Or(s.down, sale.ErrNotFound)
}

func (s *shop) Payments(_ context.Context, q sale.PaymentQuery) (all []sale.Payment, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state(q.Product).Payments(func(m *sale.Payment) {
		if m.ID > q.After && m.Concerns(q.Order) && (q.Status == "" || q.Status == m.Status) {
			all = append(all, *m)
		}
	})
	slices.SortFunc(all, func(a, b sale.Payment) int { return cmp.Compare(a.ID, b.ID) })
	return all[:min(len(all), q.Limit)], s.down
}

// put puts a product on sale past the API.
func (s *shop) put(t *testing.T, id string, terms sale.Terms) {
	t.Helper()
	terms.LimitPerUser = max(1, terms.LimitPerUser)
	if _, err := s.Put(t.Context(), id, "", func(sale.Product) (sale.Terms, error) { return terms, nil }); err != nil {
		t.Fatal(err)
	}
}

var pagesBuilt = fstest.MapFS{
	"index.html":          {Data: []byte("<!doctype html>console")},
	"buy.html":            {Data: []byte("<!doctype html>buyer")},
	"assets/app-1a2b3.js": {Data: []byte("let a = 0;" + string(make([]byte, 4000)))},
	"mark.svg":            {Data: []byte("<svg/>")},
	".keep":               {},
}

func (s *shop) config() Config {
	var ids atomic.Uint64
	return Config{
		Desk: s, Settle: s, Payments: s, Merchant: s, Store: s, Gates: s, Hub: s.hub, Placed: sale.PlacedByLog,
		Rehearsals: &s.drill, Audit: s.judge, Figures: s.figures, Answered: s.answered,
		Auth: s.operators(""), Pages: fs.FS(pagesBuilt), Secret: []byte("secret"),
		NewOrderID: func() sale.OrderID {
			var random [10]byte
			binary.BigEndian.PutUint64(random[2:], ids.Add(1))
			return sale.NewOrderID(s.clock(), random)
		},
		Now: s.clock, Since: s.since, Pause: s.pause,
		Ready: func(context.Context) (c Condition) { return c }, Started: func() bool { return true },
	}
}

// A server is an API that listens, and a client of it.
type server struct {
	*shop
	api *API
	url string
}

// serve starts an API on a free port; change may alter its config.
func serve(t *testing.T, change ...func(*shop, *Config)) *server {
	t.Helper()
	s := newShop()
	c := s.config()
	for _, f := range change {
		f(s, &c)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	api := New(c)
	served := make(chan error, 1)
	go func() { served <- api.Serve(ln) }()
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute) // later is a hang
		defer cancel()
		if err := api.Shutdown(ctx); err != nil {
			t.Error("shutdown:", err)
		}
		if err := <-served; err != nil {
			t.Error("serve:", err)
		}
	})
	return &server{s, api, "http://" + ln.Addr().String()}
}

// failingList is a store whose lists break off after the first page.
type failingList struct{ *shop }

func (s failingList) List(ctx context.Context, q sale.Query) ([]sale.Order, error) {
	if q.After > 0 {
		return nil, sale.ErrUnavailable
	}
	orders, err := s.shop.List(ctx, q)
	for len(orders) < q.Limit {
		orders = append(orders, orders[0])
	}
	return orders, err
}

// operators are those of a shop with this admin token.
func (s *shop) operators(token string) *auth.Authenticator {
	return auth.New(auth.Config{AdminToken: token, Secret: []byte("secret"), Keeper: tokenBook{s}, Now: s.clock, Elapsed: s.elapsed})
}

// A tokenBook is a shop's tokens.
type tokenBook struct{ *shop }

func (b tokenBook) AddToken(_ context.Context, t auth.Token) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if slices.ContainsFunc(b.tokens, func(o auth.Token) bool { return o.Name == t.Name }) {
		return cmp.Or(b.down, sale.ErrTaken)
	}
	b.tokens = append(b.tokens, t)
	return b.down
}

func (b tokenBook) RevokeToken(_ context.Context, name string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := len(b.tokens)
	b.tokens = slices.DeleteFunc(b.tokens, func(t auth.Token) bool { return t.Name == name })
	if len(b.tokens) == n {
		return cmp.Or(b.down, sale.ErrNotFound)
	}
	return b.down
}

func (b tokenBook) Tokens(context.Context) ([]auth.Token, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.tokens), b.down
}
