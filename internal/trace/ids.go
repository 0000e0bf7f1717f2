package trace

import (
	"context"
	"encoding/binary"
	"math/rand/v2"

	"go.opentelemetry.io/otel/trace"

	"seckill/internal/sale"
)

// randomBits of a trace id are random: its last 7 bytes, by W3C's Trace Context, and
// of an order's, too.
const randomBits = 56

// least is what those bits are at least in a trace that a ratio has followed
// (OpenTelemetry's consistent probability sampling).
func least(ratio float64) uint64 { return uint64((1 - ratio) * (1 << randomBits)) }

// chosen reports whether the buy of that name is followed, as every process of the same
// ratio says.
func (t *Tracer) chosen(id sale.OrderID) bool {
	return binary.BigEndian.Uint64(id[8:])&(1<<randomBits-1) >= t.least
}

// named is the span of the buy of that name.
func named(id sale.OrderID) trace.SpanContext {
	return trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID(id), SpanID: trace.SpanID(id[8:]), TraceFlags: trace.FlagsSampled | trace.FlagsRandom,
	})
}

// ids gives spans the ids that were made for them, and others ones by chance.
type ids struct{}

// given is where a context keeps them.
type given struct{}

func (ids) NewIDs(ctx context.Context) (trace.TraceID, trace.SpanID) {
	if is, ok := ctx.Value(given{}).(trace.SpanContext); ok {
		return is.TraceID(), is.SpanID()
	}
	return newTraceID(), newSpanID()
}

func (ids) NewSpanID(ctx context.Context, _ trace.TraceID) trace.SpanID {
	if is, ok := ctx.Value(given{}).(trace.SpanContext); ok {
		return is.SpanID()
	}
	return newSpanID()
}

func newTraceID() (id trace.TraceID) {
	binary.BigEndian.PutUint64(id[:8], rand.Uint64())
	binary.BigEndian.PutUint64(id[8:], rand.Uint64()|1<<63) // none is zero, and those bits are not among the random ones
	return id
}

func newSpanID() (id trace.SpanID) {
	binary.BigEndian.PutUint64(id[:], rand.Uint64()|1<<63)
	return id
}
