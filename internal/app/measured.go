package app

import (
	"context"
	"errors"
	"reflect"
	"time"

	"seckill/internal/gate"
	"seckill/internal/metrics"
	"seckill/internal/orderlog"
	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// measured has every call to the keepers counted, by its name in the contract and
// its outcome, with how long it took.
func (k keepers) measured(set *metrics.Set) keepers {
	return keepers{
		measuredGate{k.gate, newCalls(set, "gate", reflect.TypeFor[gate.Keeper]())},
		measuredLog{k.log, newCalls(set, "log", reflect.TypeFor[orderlog.Keeper]())},
		measuredStore{k.store, newCalls(set, "store", reflect.TypeFor[orderstore.Keeper]())},
	}
}

// outcomes are the kinds of errors that are told apart. A call that its caller gave
// up is cancelled, whatever else its error says.
var outcomes = []struct {
	kind error
	name string
}{
	{context.Canceled, "cancelled"},
	{sale.ErrNotFound, "not_found"}, {sale.ErrUnavailable, "unavailable"}, {sale.ErrUnknownOutcome, "outcome_unknown"},
	{sale.ErrFenced, "fenced"}, {sale.ErrShut, "shut"}, {sale.ErrNoGate, "no_gate"}, {sale.ErrFull, "full"}, {sale.ErrLate, "late"},
	{sale.ErrMoved, "moved"}, {sale.ErrDamaged, "damaged"}, {sale.ErrNewer, "newer"}, {sale.ErrTaken, "taken"},
}

func outcomeOf(err error) string {
	if err == nil {
		return metrics.OK
	}
	for _, o := range outcomes {
		if errors.Is(err, o.kind) {
			return o.name
		}
	}
	return "other"
}

// calls counts those of one keeper.
type calls struct {
	count map[string]func(outcome string, took time.Duration)
}

// unmeasured are methods that ask nobody, or last as long as the process.
var unmeasured = map[string]bool{"Partition": true, "Run": true}

func newCalls(set *metrics.Set, keeper string, contract reflect.Type) *calls {
	c := &calls{map[string]func(string, time.Duration){}}
	for m := range contract.Methods() {
		if !unmeasured[m.Name] {
			c.count[m.Name] = set.Calls(keeper, m.Name)
		}
	}
	return c
}

func (c *calls) done(call string, began time.Time, err *error) {
	c.count[call](outcomeOf(*err), time.Since(began))
}

type measuredGate struct {
	gate.Keeper
	*calls
}

func (k measuredGate) Admit(ctx context.Context, product string, try gate.Try, batch []gate.Request) (_ gate.Admission, err error) {
	defer k.done("Admit", time.Now(), &err)
	return k.Keeper.Admit(ctx, product, try, batch)
}

func (k measuredGate) Shut(ctx context.Context, product string, epoch int64) (incarnation string, now time.Time, err error) {
	defer k.done("Shut", time.Now(), &err)
	return k.Keeper.Shut(ctx, product, epoch)
}

func (k measuredGate) Load(ctx context.Context, product string, epoch int64, incarnation string, holdings []gate.Holding) (err error) {
	defer k.done("Load", time.Now(), &err)
	return k.Keeper.Load(ctx, product, epoch, incarnation, holdings)
}

func (k measuredGate) Open(ctx context.Context, product string, epoch int64, incarnation string, start gate.Start) (err error) {
	defer k.done("Open", time.Now(), &err)
	return k.Keeper.Open(ctx, product, epoch, incarnation, start)
}

func (k measuredGate) Remove(ctx context.Context, product string, epoch int64) (err error) {
	defer k.done("Remove", time.Now(), &err)
	return k.Keeper.Remove(ctx, product, epoch)
}

func (k measuredGate) Pending(ctx context.Context, product string, age time.Duration, most int) (_ []gate.Entry, err error) {
	defer k.done("Pending", time.Now(), &err)
	return k.Keeper.Pending(ctx, product, age, most)
}

func (k measuredGate) Forget(ctx context.Context, product string, entries []gate.EntryID) (err error) {
	defer k.done("Forget", time.Now(), &err)
	return k.Keeper.Forget(ctx, product, entries)
}

func (k measuredGate) Return(ctx context.Context, product string, epoch int64, returns []sale.Return) (returned int64, err error) {
	defer k.done("Return", time.Now(), &err)
	return k.Keeper.Return(ctx, product, epoch, returns)
}

func (k measuredGate) View(ctx context.Context, product string) (_ gate.View, err error) {
	defer k.done("View", time.Now(), &err)
	return k.Keeper.View(ctx, product)
}

func (k measuredGate) Users(ctx context.Context, product string, epoch, from int64, f func(user string)) (err error) {
	defer k.done("Users", time.Now(), &err)
	return k.Keeper.Users(ctx, product, epoch, from, f)
}

func (k measuredGate) Knows(ctx context.Context, product string, epoch int64, user string, order sale.OrderID) (_ bool, err error) {
	defer k.done("Knows", time.Now(), &err)
	return k.Keeper.Knows(ctx, product, epoch, user, order)
}

func (k measuredGate) Cut(ctx context.Context, product string) (_ gate.Cut, err error) {
	defer k.done("Cut", time.Now(), &err)
	return k.Keeper.Cut(ctx, product)
}

type measuredLog struct {
	orderlog.Keeper
	*calls
}

func (k measuredLog) Append(ctx context.Context, partition int32, records []sale.Record) (last sale.Position, err error) {
	defer k.done("Append", time.Now(), &err)
	return k.Keeper.Append(ctx, partition, records)
}

func (k measuredLog) Partitions(ctx context.Context) (_ int32, err error) {
	defer k.done("Partitions", time.Now(), &err)
	return k.Keeper.Partitions(ctx)
}

func (k measuredLog) Read(ctx context.Context, partition int32, from int64, most int) (_ []orderlog.Line, err error) {
	defer k.done("Read", time.Now(), &err)
	return k.Keeper.Read(ctx, partition, from, most)
}

func (k measuredLog) Bounds(ctx context.Context, partition int32) (first, end int64, err error) {
	defer k.done("Bounds", time.Now(), &err)
	return k.Keeper.Bounds(ctx, partition)
}

func (k measuredLog) Source(ctx context.Context, partition int32) (_ orderlog.Source, err error) {
	defer k.done("Source", time.Now(), &err)
	return k.Keeper.Source(ctx, partition)
}
