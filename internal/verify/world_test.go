package verify_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"seckill/internal/gate"
	"seckill/internal/orderlog"
	"seckill/internal/orderstore"
	"seckill/internal/sale"
	"seckill/internal/verify"
)

var (
	at     = time.Date(2026, 5, 9, 12, 0, 0, 0, time.UTC)
	source = orderlog.Source{Cluster: "c", Topic: "t", Leader: 3}
)

// A world is a log, a store and gates as plain tables, so that a test can damage
// each of them in just one way.
type world struct {
	t      *testing.T
	first  int64 // of the log
	lines  []orderlog.Line
	source orderlog.Source

	states   map[string]*sale.State // what the tables were folded with
	mark     orderstore.Mark
	marks    map[int32]orderstore.Mark // of other partitions
	product  map[string]*sale.Product
	orders   map[string][]sale.Order
	returns  map[string][]sale.Return
	history  map[string][]sale.HistoryEntry
	payments []sale.Payment
	letters  []orderstore.DeadLetter
	broken   error // what reading the orders of any product gives
	secret   []byte
	by       string // who causes what comes next

	gates map[string]*door

	cutting func(product string) // called before each cut
	passing func()               // called before each wait for the store
}

// A door is a gate.
type door struct {
	view   gate.View
	box    []gate.Entry
	err    error
	terms  func(*gate.Hours) // changes those that it judges by
	counts int64             // orders that wait, beyond those in box
	lacks  string            // a user
	unpaid map[string]int    // by origin, and "" for all who have none
}

func newWorld(t *testing.T) *world {
	return &world{
		t: t, source: source, states: map[string]*sale.State{}, product: map[string]*sale.Product{},
		orders: map[string][]sale.Order{}, returns: map[string][]sale.Return{}, history: map[string][]sale.HistoryEntry{}, gates: map[string]*door{},
		cutting: func(string) {}, passing: func() {}, secret: []byte{0xa5},
	}
}

// add appends records, and the store folds them.
func (w *world) add(records ...sale.Record) {
	for _, r := range records {
		w.line(orderlog.Line{Product: r.ProductID, Record: r})
	}
	w.fold()
}

func (w *world) line(l orderlog.Line) {
	l.Offset = int64(len(w.lines))
	l.Sum = uint32(l.Offset) + 1
	w.lines = append(w.lines, l)
}

// fold brings the tables to the end of the log.
func (w *world) fold() {
	if w.mark.Next >= int64(len(w.lines)) {
		return
	}
	for _, l := range w.lines[w.mark.Next:] {
		s := w.states[l.Product]
		if s == nil {
			s = sale.NewState(sale.Product{ID: l.Product})
			w.states[l.Product] = s
		}
		for _, orders := range w.orders {
			for _, o := range orders {
				s.Add(o)
			}
		}
		if l.Poison == nil && sale.Fold(s, l.Record, sale.Position{Offset: l.Offset}, at.Add(time.Duration(l.Offset)*time.Second)) == sale.Foreign {
			l.Poison, l.Raw = sale.ErrPoison, l.Record.AppendBody(nil)
		}
		if l.Poison != nil {
			s.DeadLetter()
			w.letters = append(w.letters, orderstore.DeadLetter{Position: sale.Position{Offset: l.Offset}, Product: l.Product, Reason: l.Poison.Error(), Raw: l.Raw})
			continue
		}
		w.keep(s)
	}
	w.mark = orderstore.Mark{Next: int64(len(w.lines)), Sum: uint32(len(w.lines)), Source: w.source}
	for id, s := range w.states {
		if s.Product.Epoch > 0 {
			p := s.Product
			w.product[id] = &p
		}
	}
}

func (w *world) keep(s *sale.State) {
	id := s.Product.ID
	for _, m := range s.TouchedPayments() {
		w.payments = append(slices.DeleteFunc(w.payments, func(k sale.Payment) bool { return k.ProductID == id && k.ID == m.ID }), *m)
	}
	if s.Wiped() {
		delete(w.orders, id)
		delete(w.returns, id)
	}
	for _, o := range s.Touched() {
		rows := slices.DeleteFunc(w.orders[id], func(k sale.Order) bool { return k.ID == o.ID })
		w.orders[id] = append(rows, *o)
	}
	slices.SortStableFunc(w.orders[id], func(a, b sale.Order) int { return int(a.Number - b.Number) })
	w.returns[id] = append(w.returns[id], s.Returns()...)
	w.history[id] = append(w.history[id], s.History()...)
	s.ForgetChanges()
}

// open puts a product on sale under terms, and opens its gate.
func (w *world) open(id string, terms sale.Terms) {
	epoch := int64(1)
	if s := w.states[id]; s != nil {
		epoch = s.Product.Epoch + 1
	}
	w.add(sale.Record{Kind: sale.KindOpening, ProductID: id, Epoch: epoch, Nonce: id + string(rune('a'+epoch)), Terms: terms, Secret: "a5", By: w.by, At: at})
	p := w.product[id]
	d := &door{view: gate.View{Epoch: epoch, Remaining: p.Terms.Quantity - p.Held, Returned: p.LastReturn}, unpaid: map[string]int{}}
	for _, o := range w.orders[id] {
		d.unpaid[o.Origin]++
	}
	if old := w.gates[id]; old != nil {
		d.box = old.box
	}
	w.gates[id] = d
}

// admit makes the gate admit an order, into its outbox.
func (w *world) admit(id, user string, n byte) sale.Record {
	d := w.gates[id]
	d.view.Seq++
	d.view.Remaining--
	r := sale.Record{Kind: sale.KindOrder, ProductID: id, Epoch: d.view.Epoch, Seq: d.view.Seq, UserID: user, OrderID: orderID(n), At: at}
	if w.product[id].Terms.UnpaidPerAddress > 0 {
		r.Origin = originOf(user)
	}
	d.unpaid[r.Origin]++
	d.box = append(d.box, gate.Entry{Orders: []sale.Record{r}})
	return r
}

// buy admits an order, appends it, and has the outbox forget it.
func (w *world) buy(id, user string, n byte) {
	w.add(w.admit(id, user, n))
	w.gates[id].box = nil
}

// buyAs is buy under an id.
func (w *world) buyAs(id, user string, order sale.OrderID) {
	r := w.admit(id, user, 0)
	r.OrderID = order
	w.gates[id].box = nil
	w.add(r)
}

func (w *world) end(kind sale.Kind, id string, n byte) {
	if kind == sale.KindExpire { // nobody causes that
		by := w.by
		w.by = ""
		defer func() { w.by = by }()
	}
	w.add(sale.Record{Kind: kind, ProductID: id, Epoch: w.product[id].Epoch, OrderID: orderID(n), By: w.by, At: at.Add(time.Minute)})
}

// handOver gives the gate one more return.
func (w *world) handOver(id string) {
	d := w.gates[id]
	d.view.Returned++
	r := w.returns[id][slices.IndexFunc(w.returns[id], func(r sale.Return) bool { return r.Number == d.view.Returned })]
	d.unpaid[r.Origin]--
	if !r.Paid {
		d.view.Remaining++
	}
}

// originOf has all whose names begin alike at one address.
func originOf(user string) string { return fmt.Sprintf("%016x", user[0]) }

func orderID(n byte) sale.OrderID { return sale.NewOrderID(at, [10]byte{9: n}) }

func (w *world) live() (verify.Report, error) {
	return verify.Live(w.t.Context(), verify.Parts{Gate: w, Log: w, Store: w, Pause: func(context.Context) error { return nil }})
}

func (w *world) stopped() (verify.Report, error) {
	return verify.Stopped(w.t.Context(), verify.Parts{Log: w, Store: w})
}

// Partitions and the next three make it a log.
func (w *world) Partitions(context.Context) (int32, error) { return 1, nil }

func (w *world) Read(_ context.Context, _ int32, from int64, max int) ([]orderlog.Line, error) {
	if from < w.first || from > int64(len(w.lines)) {
		return nil, sale.ErrDamaged
	}
	lines := w.lines[from:min(int(from)+max, len(w.lines))]
	return lines[:min(len(lines), 3)], nil // a short read is a read
}

func (w *world) Bounds(context.Context, int32) (first, end int64, err error) {
	return w.first, int64(len(w.lines)), nil
}

func (w *world) Source(context.Context, int32) (orderlog.Source, error) { return w.source, nil }

// Mark and the next three make it a store.
func (w *world) Mark(_ context.Context, partition int32) (orderstore.Mark, error) {
	marks, err := snapshot{w}.Marks()
	return marks[partition], err
}

func (w *world) Audit(_ context.Context, f func(orderstore.Snapshot) error) error {
	return f(snapshot{w})
}

func (w *world) Meta(_ context.Context, key string, propose []byte) ([]byte, error) {
	if key != "secret" || propose != nil {
		return nil, errNotAsked
	}
	return w.secret, nil
}

func (w *world) Passed(_ context.Context, at sale.Position) error {
	w.passing()
	w.fold()
	if at.Offset >= w.mark.Next {
		return errBehind
	}
	return nil
}

type snapshot struct{ w *world }

func (s snapshot) Marks() (map[int32]orderstore.Mark, error) {
	marks := map[int32]orderstore.Mark{0: s.w.mark}
	maps.Copy(marks, s.w.marks)
	return marks, nil
}

func (s snapshot) Products() (products []sale.Product, err error) {
	for _, p := range s.w.product {
		products = append(products, *p)
	}
	slices.SortFunc(products, func(a, b sale.Product) int { return bytes.Compare([]byte(a.ID), []byte(b.ID)) })
	return products, nil
}

func (s snapshot) Orders(product string, f func(sale.Order) error) error {
	if s.w.broken != nil {
		return s.w.broken
	}
	for _, o := range s.w.orders[product] {
		if err := f(o); err != nil {
			return err
		}
	}
	return nil
}

func (s snapshot) Returns(product string, f func(sale.Return) error) error {
	for _, r := range s.w.returns[product] {
		if err := f(r); err != nil {
			return err
		}
	}
	return nil
}

func (s snapshot) History(product string, f func(sale.HistoryEntry) error) error {
	for _, e := range s.w.history[product] {
		if err := f(e); err != nil {
			return err
		}
	}
	return nil
}

func (s snapshot) Payments(_ int32, f func(sale.Payment) error) error {
	for _, m := range s.w.payments {
		if err := f(m); err != nil {
			return err
		}
	}
	return nil
}

func (s snapshot) DeadLetters() ([]orderstore.DeadLetter, error) { return s.w.letters, nil }

// Cut and the next three make it a gate.
func (w *world) Cut(_ context.Context, product string) (c gate.Cut, err error) {
	w.cutting(product)
	d := w.gates[product]
	if d == nil {
		return c, sale.ErrNoGate
	}
	v := d.view
	v.Waiting = d.counts
	for _, e := range d.box {
		v.Waiting += int64(len(e.Orders))
	}
	if p := w.product[product]; p != nil {
		v.Terms = gate.HoursOf(p)
	}
	if d.terms != nil {
		d.terms(&v.Terms)
	}
	c = gate.Cut{View: v, Outbox: slices.Clone(d.box)}
	if v.Terms.UnpaidPerAddress > 0 {
		c.Unpaid = maps.Clone(d.unpaid)
		delete(c.Unpaid, "")
	}
	return c, d.err
}

// Users are all who have an order, but one that the gate may lack.
func (w *world) Users(_ context.Context, product string, _, _ int64, f func(string)) error {
	d := w.gates[product]
	for _, o := range w.orders[product] {
		if o.UserID != d.lacks {
			f(o.UserID)
		}
	}
	return d.err
}

var errBehind = errors.New("asked for what is not in the log")

var errNotAsked = errors.New("the audit has no reason to ask this")

func (w *world) View(context.Context, string) (gate.View, error) { return gate.View{}, errNotAsked }

func (w *world) Knows(context.Context, string, int64, string, sale.OrderID) (bool, error) {
	return false, errNotAsked
}
