package recovery_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"seckill/internal/orderlog"
	"seckill/internal/orderlog/sqlitelog"
	"seckill/internal/orderstore"
	"seckill/internal/orderstore/sqlitestore"
	"seckill/internal/projector"
	"seckill/internal/recovery"
	"seckill/internal/sale"
	"seckill/internal/verify"
)

var written = time.Date(2026, 11, 11, 20, 0, 0, 0, time.UTC)

// A shop is a log and tables, with the real keepers.
type shop struct {
	*testing.T
	dir   string
	log   *sqlitelog.Log
	store *sqlitestore.Store
	n     int
}

func newShop(t *testing.T) *shop {
	s := &shop{T: t, dir: t.TempDir()}
	s.log, s.store = s.newLog(), s.newStore()
	return s
}

func (s *shop) newLog() *sqlitelog.Log {
	s.Helper()
	s.n++
	log, err := sqlitelog.Open(s.Context(), filepath.Join(s.dir, fmt.Sprint("log", s.n)))
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { _ = log.Close() })
	return log
}

func (s *shop) newStore() *sqlitestore.Store {
	s.Helper()
	s.n++
	store, err := sqlitestore.Open(filepath.Join(s.dir, fmt.Sprint("store", s.n)), func() time.Time { return written })
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { _ = store.Close() })
	return store
}

func (s *shop) append(records ...sale.Record) {
	s.Helper()
	if _, err := s.log.Append(s.Context(), 0, records); err != nil {
		s.Fatal(err)
	}
}

type nobody struct{}

func (nobody) Projected([]*sale.State, int) {}
func (nobody) Returned(string)              {}

// fold folds all of a log into a store.
func (s *shop) fold(log *sqlitelog.Log, store *sqlitestore.Store) {
	s.Helper()
	p, c := projector.New(log, store, nil, nobody{}), projector.NewCursor(0)
	_, end, err := log.Bounds(s.Context(), 0)
	for err == nil {
		var mark orderstore.Mark
		if mark, err = store.Mark(s.Context(), 0); err == nil && mark.Next >= end {
			return
		}
		_, err = p.Step(s.Context(), c)
	}
	s.Fatal(err)
}

func opening(product string, epoch, quantity int64) sale.Record {
	return sale.Record{Kind: sale.KindOpening, ProductID: product, Epoch: epoch, At: written, Nonce: "n", Secret: "0a1b", By: "ann",
		Terms: sale.Terms{Quantity: quantity, LimitPerUser: 2, Group: "vip", PaymentWindow: time.Hour, Price: sale.Price{Amount: 100 + quantity, Currency: "EUR"}}}
}

func order(product string, epoch int64, n int) sale.Record {
	return sale.Record{Kind: sale.KindOrder, ProductID: product, Epoch: epoch, At: written, OrderID: id(n), UserID: fmt.Sprint("gid://shop/Customer/", n/2), Seq: int64(n)}
}

func end(kind sale.Kind, product string, n int) sale.Record {
	r := sale.Record{Kind: kind, ProductID: product, Epoch: 99, At: written.Add(time.Minute), OrderID: id(n)}
	if kind == sale.KindPay { // several chunks of a history
		r.By = "till"
	}
	return r
}

func id(n int) sale.OrderID { return sale.OrderID{byte(n >> 16), byte(n >> 8), byte(n), 1} }

// trade fills log and tables with a sale that has all that there may be.
func (s *shop) trade() {
	s.Helper()
	s.append(opening("a", 1, 2300), opening("b", 1, 5), opening("gone", 1, 5), opening("c", 1, 5))
	var many []sale.Record
	for n := 1; n <= 2400; n++ { // the last hundred are rejected
		many = append(many, order("a", 1, n))
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for n := 1; n <= 1300; n++ {
		many = append(many, end([]sale.Kind{sale.KindPay, sale.KindCancel, sale.KindExpire}[rng.IntN(3)], "a", 1+rng.IntN(2300)))
	}
	for n := 3001; n < 3010; n++ {
		many = append(many, order("b", 1, n))
	}
	s.append(many...)
	closed := opening("gone", 2, 5)
	closed.Terms.Closed = true
	deleted := closed
	deleted.Epoch, deleted.Deleted = 3, true
	s.append(closed, deleted, order("a", 2, 2401), order("b", 1, 2), opening("b", 2, 6), order("b", 2, 3020))
	var money []sale.Record
	for m := range 1100 {
		for _, product := range []string{"a", "nobody", "gone"} {
			r := end(sale.KindPay, product, 1+m)
			r.PaymentID, r.LateID, r.Price = fmt.Sprint("m", m), id(10_000+m), sale.Price{Amount: 2400, Currency: "EUR"}
			money = append(money, r)
		}
	}
	void := end(sale.KindVoid, "a", 1)
	void.Reason = "fraud"
	s.append(append(money, void)...)
	s.fold(s.log, s.store)
}

// recover recovers, and puts the new log in the place of the one before.
func (s *shop) recover(gone error) *recovery.Plan {
	s.Helper()
	plan := s.look(gone)
	if plan.Act != recovery.Continue {
		s.Fatalf("%+v", plan)
	}
	fresh := s.newLog()
	err := plan.Settle(s.Context())
	var to map[int32]orderstore.Mark
	if err == nil {
		to, err = plan.Write(s.Context(), fresh, written)
	}
	if err == nil {
		err = plan.Renew(s.Context(), to)
	}
	if err != nil {
		s.Fatal(err)
	}
	s.log = fresh
	return plan
}

func (s *shop) look(gone error) *recovery.Plan {
	s.Helper()
	var log orderlog.Reader = s.log
	if gone != nil {
		log = nil
	}
	plan, err := recovery.Look(s.Context(), log, gone, s.store)
	if err != nil {
		s.Fatal(err)
	}
	return plan
}

// clean demands that the judge finds nothing.
func (s *shop) clean() verify.Report {
	s.Helper()
	r := s.judged()
	for _, f := range r.Findings {
		s.Errorf("%s %s: %s [%s] %v", f.Invariant, f.Product, f.Words, f.Place, f.Numbers)
	}
	return r
}

func (s *shop) judged() verify.Report {
	s.Helper()
	r, err := verify.Stopped(s.Context(), verify.Parts{Log: s.log, Store: s.store})
	if err != nil {
		s.Fatal(err)
	}
	return r
}

// dump is all that tables hold.
func dump(t *testing.T, store *sqlitestore.Store) (all []string) {
	t.Helper()
	err := store.Audit(t.Context(), func(s orderstore.Snapshot) error {
		marks, err := s.Marks()
		all = append(all, fmt.Sprint(marks, err))
		letters, err := s.DeadLetters()
		all = append(all, fmt.Sprint(letters, err))
		products, err := s.Products()
		for _, p := range products {
			all = append(all, fmt.Sprintf("%+v", p))
			var orders []string
			err = errors.Join(err, s.Orders(p.ID, func(o sale.Order) error { orders = append(orders, fmt.Sprintf("%+v", o)); return nil }))
			slices.Sort(orders) // rejected ones have no order any more
			all = append(all, orders...)
			err = errors.Join(err, s.Returns(p.ID, func(r sale.Return) error { all = append(all, fmt.Sprintf("%+v", r)); return nil }))
			err = errors.Join(err, s.History(p.ID, func(e sale.HistoryEntry) error { all = append(all, fmt.Sprintf("%+v", e)); return nil }))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A log that continues tables gives, folded by itself, exactly these tables; and the
// sale goes on, whichever of the two it goes on with.
func TestTheLogContinuesTheTables(t *testing.T) {
	s := newShop(t)
	s.trade()
	s.recover(errors.New("the log is gone"))
	if r := s.clean(); len(r.Recovered) != 1 || !strings.Contains(r.Recovered[0].Words, "the log is gone") {
		t.Errorf("verify tells of %+v", r.Recovered)
	}
	anew := s.newStore()
	s.fold(s.log, anew)
	s.same(anew)
	s.append(order("a", 1, 5001), opening("a", 2, 2300), order("a", 2, 5002), end(sale.KindPay, "a", 5002), order("b", 2, 3021), opening("gone", 4, 2), order("gone", 4, 6001))
	s.append(order("b", 2, 3021), order("b", 2, 3022), order("b", 2, 3023), order("b", 2, 3024))
	s.fold(s.log, s.store)
	s.fold(s.log, anew)
	if r := s.clean(); r.Orders < 2400 {
		t.Errorf("%d orders", r.Orders)
	}
	s.recover(errors.New("gone once more"))
	s.clean()
	anew = s.newStore()
	s.fold(s.log, anew)
	s.same(anew)
}

func (s *shop) same(other *sqlitestore.Store) {
	s.Helper()
	a, b := dump(s.T, s.store), dump(s.T, other)
	for i := range max(len(a), len(b)) {
		if i >= min(len(a), len(b)) || a[i] != b[i] {
			s.Fatalf("row %d of %d and %d\n\t%s\nis\n\t%s", i, len(a), len(b), a[min(i, len(a)-1)], b[min(i, len(b)-1)])
		}
	}
}

// A log that is the tables' needs no recovery, however far behind they are, nor do
// tables that are empty.
func TestNothingToRecover(t *testing.T) {
	s := newShop(t)
	if plan := s.look(nil); plan.Act != recovery.Nothing {
		t.Errorf("%+v", plan)
	}
	s.trade()
	s.append(order("b", 2, 4001))
	if plan := s.look(nil); plan.Act != recovery.Nothing || plan.Unfolded != 1 {
		t.Errorf("%+v", plan)
	}
	fresh := s.newStore()
	if plan, err := recovery.Look(t.Context(), s.log, nil, fresh); err != nil || plan.Act != recovery.Nothing {
		t.Errorf("%+v, %v", plan, err)
	}
}

// It says which orders, payments and terms only the other log has, and that nobody who
// was in the tables is lost.
func TestWhatIsLostIsNamed(t *testing.T) {
	s := newShop(t)
	s.append(opening("a", 1, 100), order("a", 1, 1), order("a", 1, 2))
	s.fold(s.log, s.store)
	s.log = s.newLog() // another, with the beginning of the first
	s.append(opening("a", 1, 100), order("a", 1, 1), order("a", 1, 2), order("a", 1, 3), order("a", 1, 3), order("a", 1, 4), end(sale.KindPay, "a", 1), opening("a", 2, 9), opening("z", 1, 1), order("z", 1, 9))
	plan := s.recover(nil)
	want := []string{
		"of product a, what only the log has: 2 orders, whose buyers are told rejected, 1 payment, 1 change of terms",
		"of product z, what only the log has: 1 order, whose buyer is told rejected, 1 change of terms",
	}
	if !slices.Equal(plan.Lost, want) || plan.Orders != 2 || plan.Held != 2 || plan.Products != 1 {
		t.Errorf("%+v", plan)
	}
	if r := s.clean(); !strings.Contains(r.Recovered[0].Words, want[0]) {
		t.Errorf("%+v", r.Recovered)
	}
}

// Of very many products not each is named, as the log has to take what tells of them.
func TestWhatVeryManyProductsHaveLost(t *testing.T) {
	s := newShop(t)
	s.append(opening("a", 1, 100))
	s.fold(s.log, s.store)
	s.log = s.newLog()
	var other []sale.Record
	for n := range 5000 {
		other = append(other, opening(fmt.Sprintf("%s-%04d", strings.Repeat("p", 50), n), 1, 1))
	}
	s.append(other...)
	plan := s.recover(nil)
	if n := len(plan.Lost); n != 101 || plan.Lost[100] != "of 4900 more products, what only the log has: 4900 changes of terms" {
		t.Errorf("%d, the last: %s", n, plan.Lost[n-1])
	}
	lines, err := s.log.Read(t.Context(), 0, 0, 1)
	if err != nil || len(lines[0].Record.AppendBody(nil)) > 1<<18 {
		t.Errorf("a chunk of %d bytes, %v", len(lines[0].Record.AppendBody(nil)), err)
	}
}

// Tables from before a recovery: the log has all that they have, and more, so that
// they are emptied and folded anew.
func TestTablesFromBeforeTheRecovery(t *testing.T) {
	s := newShop(t)
	s.trade()
	old := s.newStore()
	s.fold(s.log, old)
	s.recover(errors.New("gone"))
	s.append(order("b", 2, 5001))
	s.fold(s.log, s.store)
	newest := s.store
	s.store = old
	plan := s.look(nil)
	if plan.Act != recovery.Refold {
		t.Fatalf("%+v", plan)
	}
	if err := plan.Renew(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	s.fold(s.log, s.store)
	s.clean()
	s.store = newest
	s.same(old)
}

// A state of which the end is missing, all orders or not, is none to begin from: the
// tables are what is kept.
func TestAStateWithoutItsEnd(t *testing.T) {
	s := newShop(t)
	records := []sale.Record{opening("a", 1, 5), opening("z", 1, 1000)}
	for n := range 1000 {
		records = append(records, order("z", 1, n+1))
	}
	for n := range 600 {
		records = append(records, end(sale.KindCancel, "z", n+1))
	}
	s.append(records...)
	s.fold(s.log, s.store)
	plan := s.look(errors.New("gone"))
	ctx, cancel := context.WithCancel(t.Context())
	half := &halfLog{Log: s.newLog(), left: 4, stop: cancel}
	if _, err := plan.Write(ctx, half, written); err == nil {
		t.Fatal("it was written whole")
	}
	s.log = half.Log
	s.recover(nil)
	s.clean()
}

// A halfLog takes some records, and then no more.
type halfLog struct {
	*sqlitelog.Log
	left int
	stop func()
}

func (l *halfLog) Append(ctx context.Context, partition int32, records []sale.Record) (sale.Position, error) {
	if l.left--; l.left < 0 {
		l.stop()
		return sale.Position{}, sale.ErrUnavailable
	}
	return l.Log.Append(ctx, partition, records)
}

// Tables that somebody folds into meanwhile are not continued.
func TestTablesThatMove(t *testing.T) {
	s := newShop(t)
	s.trade()
	plan := s.look(errors.New("gone"))
	s.append(order("b", 2, 5001))
	s.fold(s.log, s.store)
	before := dump(t, s.store)
	if _, err := plan.Write(t.Context(), s.newLog(), written); !errors.Is(err, sale.ErrMoved) {
		t.Errorf("%v", err)
	}
	if err := plan.Renew(t.Context(), nil); !errors.Is(err, sale.ErrMoved) || !slices.Equal(dump(t, s.store), before) {
		t.Errorf("%v", err)
	}
}

// Chunks that are missing, altered, twice there or elsewhere have no effect, stop
// nothing, and are named by the judge.
func TestChunksThatAreNotWhereTheyBelong(t *testing.T) {
	s := newShop(t)
	s.trade()
	s.recover(errors.New("gone"))
	_, of, _ := s.log.Bounds(t.Context(), 0)
	lines, err := s.log.Read(t.Context(), 0, 0, int(of))
	if err != nil || of < 5 || int64(len(lines)) != of {
		t.Fatal(of, len(lines), err)
	}
	var state []sale.Record
	for _, l := range lines {
		state = append(state, l.Record)
	}
	chunk := func(i int) string { return fmt.Sprintf("chunk %d of %d of the state", i, of) }
	for what, c := range map[string]struct {
		log  []sale.Record
		says string
	}{
		"whole":                     {state, ""},
		"the first is missing":      {state[1:], chunk(1)},
		"the first is another":      {append([]sale.Record{opening("x", 1, 1)}, state[1:]...), chunk(1)},
		"one is missing":            {slices.Delete(slices.Clone(state), 2, 3), chunk(3)},
		"one is another":            {append(append(slices.Clone(state[:1]), order("a", 1, 7)), state[2:]...), chunk(2)},
		"one is twice there":        {slices.Insert(slices.Clone(state), 2, state[1]), chunk(3)},
		"one comes again":           {append(slices.Clone(state), state[1]), ""},
		"all of it comes again":     {append(slices.Clone(state), state...), ""},
		"a log, and then the state": {append([]sale.Record{opening("x", 1, 1), order("x", 1, 70)}, state...), ""},
	} {
		s := newShop(t)
		s.append(c.log...)
		s.append(opening("late", 1, 2), order("late", 1, 8000))
		s.fold(s.log, s.store)
		if p, err := s.store.Product(t.Context(), "late"); err != nil || p.Held != 1 {
			t.Errorf("%s: what comes behind: %+v, %v", what, p, err)
		}
		said := ""
		for _, f := range s.judged().Findings {
			said += f.Words + "\n"
		}
		if c.says == "" && said != "" || !strings.Contains(said, c.says) {
			t.Errorf("%s: the judge says %q, not %q", what, said, c.says)
		}
	}
}

// A product that was deleted before a recovery counts from nothing again: the state that
// has no more of it is the newer one all the same.
func TestTablesFromBeforeADeletion(t *testing.T) {
	for what, after := range map[string][]sale.Record{
		"deleted":       nil,
		"and put again": {opening("a", 4, 9), order("a", 4, 11)},
	} {
		s := newShop(t)
		s.append(opening("a", 1, 5), opening("b", 1, 5), order("a", 1, 1), order("a", 1, 2), order("b", 1, 3))
		s.fold(s.log, s.store)
		old := s.newStore()
		s.fold(s.log, old)
		closed := opening("a", 2, 5)
		closed.Terms.Closed = true
		deleted := closed
		deleted.Epoch, deleted.Deleted = 3, true
		s.append(append([]sale.Record{closed, deleted}, after...)...)
		s.fold(s.log, s.store)
		s.recover(errors.New("gone"))
		s.append(order("b", 1, 20))
		s.store = old
		want := []string{"product a with its 2 orders, as it was deleted since"}
		if plan := s.look(nil); plan.Act != recovery.Refold || !slices.Equal(plan.Lost, want) {
			t.Errorf("%s: %+v", what, plan)
		}
	}
}

// A log that begins with the state of other tables, whatever they count, is none to fold
// these anew from: they have orders, or ends of orders, that it does not have.
func TestAStateOfOtherTables(t *testing.T) {
	for what, c := range map[string]struct {
		ours, theirs []sale.Record
		lost         string
	}{
		"orders": {[]sale.Record{order("a", 1, 2)}, []sale.Record{order("a", 1, 3), order("a", 1, 4), opening("a", 2, 50)},
			"of product a, what only the log has: 2 orders, whose buyers are told rejected, 1 change of terms"},
		"ends": {[]sale.Record{end(sale.KindPay, "a", 1)}, []sale.Record{order("a", 1, 3), end(sale.KindPay, "a", 3)},
			"of product a, what only the log has: 1 order, whose buyer is told rejected"},
		"an opening": {[]sale.Record{opening("a", 2, 60)}, []sale.Record{func() sale.Record { r := opening("a", 2, 70); r.Nonce = "other"; return r }()},
			""},
	} {
		s := newShop(t)
		both := []sale.Record{opening("a", 1, 50), order("a", 1, 1)}
		other := newShop(t)
		other.append(append(slices.Clone(both), c.theirs...)...)
		other.fold(other.log, other.store)
		other.recover(errors.New("gone"))
		s.append(append(slices.Clone(both), c.ours...)...)
		s.fold(s.log, s.store)
		s.log = other.log
		plan := s.look(nil)
		if plan.Act != recovery.Continue || strings.Join(plan.Lost, "\n") != c.lost {
			t.Errorf("%s: %+v", what, plan)
		}
	}
}

// A partition of which the tables have nothing but how far it was folded is none that
// the state could be missing from.
func TestAPartitionWithoutProducts(t *testing.T) {
	s := newShop(t)
	s.append(opening("a", 1, 5), order("a", 1, 1))
	s.fold(s.log, s.store)
	before := &twoPartitions{s.log, s.newLog()}
	if _, err := before.second.Append(t.Context(), 0, []sale.Record{order("nobody", 3, 9)}); err != nil {
		t.Fatal(err)
	}
	if _, err := projector.New(before, s.store, nil, nobody{}).Step(t.Context(), projector.NewCursor(1)); err != nil {
		t.Fatal(err)
	}
	plan, err := recovery.Look(t.Context(), nil, errors.New("gone"), s.store)
	if err != nil {
		t.Fatal(err)
	}
	after := &twoPartitions{s.newLog(), s.newLog()}
	if _, err := plan.Write(t.Context(), after.Log, written); err != nil { // and then it died
		t.Fatal(err)
	}
	plan, err = recovery.Look(t.Context(), after, nil, s.store)
	if err != nil || plan.Act != recovery.Refold {
		t.Errorf("%+v, %v", plan, err)
	}
}

// twoPartitions has another log as its second one.
type twoPartitions struct {
	*sqlitelog.Log
	second *sqlitelog.Log
}

func (l *twoPartitions) of(partition int32) *sqlitelog.Log {
	if partition == 1 {
		return l.second
	}
	return l.Log
}

func (l *twoPartitions) Partitions(context.Context) (int32, error) { return 2, nil }

func (l *twoPartitions) Source(ctx context.Context, partition int32) (orderlog.Source, error) {
	return l.of(partition).Source(ctx, 0)
}

func (l *twoPartitions) Bounds(ctx context.Context, partition int32) (first, end int64, err error) {
	return l.of(partition).Bounds(ctx, 0)
}

func (l *twoPartitions) Read(ctx context.Context, partition int32, from int64, max int) ([]orderlog.Line, error) {
	return l.of(partition).Read(ctx, 0, from, max)
}
