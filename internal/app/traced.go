package app

import (
	"context"
	"iter"
	"slices"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	oteltrace "go.opentelemetry.io/otel/trace"

	"seckill/internal/gate"
	"seckill/internal/orderlog"
	"seckill/internal/orderstore"
	"seckill/internal/purchase"
	"seckill/internal/sale"
	"seckill/internal/trace"
)

// tracer is who follows the buys of a process; nil: nobody.
func (c Config) tracer(process string) (*trace.Tracer, error) {
	if c.Traces == "" {
		return nil, nil
	}
	return trace.New(trace.Config{Collector: c.Traces, Ratio: c.TracesRatio, Version: c.Build.Version, Instance: process, Log: c.Log})
}

// traced has the calls that a buy goes through followed: to be admitted, to get into the
// log, to be folded, and to be found placed.
func (k keepers) traced(t *trace.Tracer, cluster bool) keepers {
	inGate, inLog, inStore := []attribute.KeyValue(nil), semconv.DBSystemNameSQLite, semconv.DBSystemNameSQLite
	if cluster {
		inGate, inLog, inStore = []attribute.KeyValue{semconv.DBSystemNameRedis}, semconv.MessagingSystemKafka, semconv.DBSystemNamePostgreSQL
	}
	client := oteltrace.SpanKindClient
	return keepers{
		tracedGate{k.gate, t, trace.Call{Name: "gate.Admit", Kind: client, Of: inGate}},
		tracedLog{k.log, t, trace.Call{Name: "log.Append", Kind: oteltrace.SpanKindProducer, Of: []attribute.KeyValue{inLog}}},
		tracedStore{k.store, t,
			trace.Call{Name: "store.Apply", Kind: client, Of: []attribute.KeyValue{inStore}, Elsewhere: cluster},
			trace.Call{Name: "store.OrdersByID", Kind: client, Of: []attribute.KeyValue{inStore}}},
	}
}

// followed is how the buy path's batches are followed; nil: they are not.
func followed(t *trace.Tracer) purchase.Follow {
	if t == nil {
		return nil
	}
	return func(ctx context.Context, product string, batch []gate.Request) (context.Context, func()) {
		return t.Batch(ctx, product, len(batch), requested(batch))
	}
}

func requested(batch []gate.Request) iter.Seq[sale.OrderID] {
	return func(yield func(sale.OrderID) bool) {
		for i := range batch {
			if !yield(batch[i].Order) {
				return
			}
		}
	}
}

type tracedGate struct {
	gate.Keeper
	tracer *trace.Tracer
	admit  trace.Call
}

func (k tracedGate) Admit(ctx context.Context, product string, try gate.Try, batch []gate.Request) (gate.Admission, error) {
	ctx, end := k.tracer.Begin(ctx, k.admit)
	a, err := k.Keeper.Admit(ctx, product, try, batch)
	end(failure(err))
	return a, err
}

type tracedLog struct {
	orderlog.Keeper
	tracer *trace.Tracer
	append trace.Call
}

func (k tracedLog) Append(ctx context.Context, partition int32, records []sale.Record) (sale.Position, error) {
	ctx, end := k.tracer.Begin(ctx, k.append)
	last, err := k.Keeper.Append(ctx, partition, records)
	end(failure(err), append(inPartition(partition), attribute.Int("seckill.records", len(records)), attribute.Int64("seckill.log.last_offset", last.Offset))...)
	return last, err
}

type tracedStore struct {
	orderstore.Keeper
	tracer      *trace.Tracer
	apply, find trace.Call
}

func (k tracedStore) Apply(ctx context.Context, b orderstore.Batch, fold func(now time.Time, states []*sale.State) []orderstore.DeadLetter) error {
	k.apply.Orders = func(yield func(sale.OrderID) bool) {
		for i := range b.Concerns {
			for _, id := range b.Concerns[i].Orders {
				if !yield(id) {
					return
				}
			}
		}
	}
	ctx, end := k.tracer.Begin(ctx, k.apply)
	err := k.Keeper.Apply(ctx, b, fold)
	end(failure(err), append(inPartition(b.Partition), attribute.Int64("seckill.records", b.To.Next-b.From.Next), attribute.Int64("seckill.log.last_offset", b.To.Next-1))...)
	return err
}

func (k tracedStore) OrdersByID(ctx context.Context, ids []sale.OrderID) ([]sale.Order, error) {
	k.find.Orders = slices.Values(ids)
	ctx, end := k.tracer.Begin(ctx, k.find)
	orders, err := k.Keeper.OrdersByID(ctx, ids)
	end(failure(err))
	return orders, err
}

func inPartition(partition int32) []attribute.KeyValue {
	return []attribute.KeyValue{semconv.MessagingDestinationPartitionID(strconv.Itoa(int(partition)))}
}

// failure names what kind of error it is, for a span; empty: none.
func failure(err error) string {
	if err == nil {
		return ""
	}
	return outcomeOf(err)
}
