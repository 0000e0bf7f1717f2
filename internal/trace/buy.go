package trace

import (
	"context"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"seckill/internal/sale"
)

// maxBatches bounds the batches that a buy is linked to: it may be asked for again and again.
const maxBatches = 16

// A Buy is a buy that is followed.
type Buy struct {
	tracer  *Tracer
	parent  trace.SpanContext // of the caller; not valid: there is none
	context trace.SpanContext // its own
	order   sale.OrderID
	began   time.Time

	mu      sync.Mutex
	batches []trace.Link
}

// Buy follows a buy that began then: if its caller wants that (W3C's traceparent), or,
// where they leave it open, as the ratio has it. Nil: it is not followed. The order is the
// one that the buyer gets if the gate admits them; zero: nobody asks the gate.
func (t *Tracer) Buy(order sale.OrderID, began time.Time, traceparent []byte) *Buy {
	if t == nil {
		return nil
	}
	var is trace.SpanContext
	parent := parse(traceparent)
	if parent.IsValid() {
		if !parent.IsSampled() || !t.asked.Allow() {
			return nil
		}
		is = parent.WithSpanID(newSpanID()).WithRemote(false)
	} else {
		id := order
		if id == (sale.OrderID{}) {
			id = sale.OrderID(newTraceID())
		}
		if !t.chosen(id) {
			return nil
		}
		is = named(id)
	}
	b := &Buy{tracer: t, parent: parent, context: is, order: order, began: began}
	if order != (sale.OrderID{}) {
		t.recent.add(b)
	}
	return b
}

// parse reads a traceparent. One of another form is none.
func parse(header []byte) trace.SpanContext {
	if len(header) == 0 {
		return trace.SpanContext{}
	}
	carrier := propagation.MapCarrier{"traceparent": string(header)}
	return trace.SpanContextFromContext(propagation.TraceContext{}.Extract(context.Background(), carrier))
}

// TraceID names the trace in which the buy is.
func (b *Buy) TraceID() string { return b.context.TraceID().String() }

// link has the buy know of a batch that it was in.
func (b *Buy) link(batch trace.SpanContext) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.batches) < maxBatches {
		b.batches = append(b.batches, trace.Link{SpanContext: batch})
	}
}

// An Answer is what the buyer was told.
type Answer struct {
	Route   string // the pattern of its path
	Product string // as it stands there
	Name    string // placed, or the name of a problem, ...
	Status  int
	Again   bool // the order is of an earlier buy, under the same key
}

// End ends the buy's trace, and returns W3C's traceparent of it, for whoever goes on from here.
func (b *Buy) End(a Answer) (traceparent string) {
	is := b.context
	if a.Again { // the earlier buy has the span that the order names
		is = is.WithSpanID(newSpanID())
	}
	attributes := []attribute.KeyValue{
		semconv.HTTPRequestMethodPost, semconv.HTTPRoute(a.Route), semconv.HTTPResponseStatusCode(a.Status),
		attribute.String("seckill.product", a.Product), attribute.String("seckill.answer", a.Name),
	}
	if b.order != (sale.OrderID{}) {
		attributes = append(attributes, orderID(b.order))
	}
	b.mu.Lock()
	links := b.batches
	b.mu.Unlock()
	ctx := context.WithValue(trace.ContextWithRemoteSpanContext(context.Background(), b.parent), given{}, is)
	_, span := b.tracer.tracer.Start(ctx, "POST "+a.Route, trace.WithTimestamp(b.began), trace.WithSpanKind(trace.SpanKindServer),
		trace.WithLinks(links...), trace.WithAttributes(attributes...))
	if a.Status >= 500 {
		span.SetStatus(codes.Error, "")
		span.SetAttributes(semconv.ErrorTypeKey.String(a.Name))
	}
	span.End()
	return "00-" + is.TraceID().String() + "-" + is.SpanID().String() + "-" + is.TraceFlags().String()
}
