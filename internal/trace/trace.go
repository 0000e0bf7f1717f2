// Package trace follows some of the buys, and sends what they went through to a
// collector of OpenTelemetry, as OTLP over HTTP.
//
// It promises that nobody waits for it, or for the collector: spans go to a bounded
// queue, and what does not fit is dropped. A buy that is not followed costs no allocation.
//
// A buy, its batch and the fold of its order are traces of their own that link to each
// other, for a batch has many buyers, and the log carries nothing of this. They find each
// other by order id: a process remembers the last buys that it follows (see Recent), and
// the trace of a buy that nobody asked to have followed is named after its order, so that
// whoever folds it in another process knows it too.
//
// Every method is safe for concurrent use.
package trace

import (
	"context"
	"iter"
	"log/slog"
	"net/url"
	"slices"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/time/rate"

	"seckill/internal/sale"
)

// AskedFor is how many buys a second are followed because their callers want that: it
// is for strangers to say.
const AskedFor = 100

// closeWithin is how long the end of a process waits for the collector.
const closeWithin = 2 * time.Second

// Config is what a Tracer works with. Every field is needed.
type Config struct {
	Collector string  // its base URL: traces go to v1/traces below it
	Ratio     float64 // of the buys whose callers leave it open that are followed: 0 to 1
	Version   string  // of this program
	Instance  string  // which process this is
	Log       *slog.Logger
}

// A Tracer follows buys. Nil follows none.
type Tracer struct {
	provider *sdk.TracerProvider
	tracer   trace.Tracer
	least    uint64 // see chosen
	asked    *rate.Limiter
	recent   recent
}

// New makes a Tracer. Nobody is asked whether the collector is there. What else there is
// to say of the collector and this process, OpenTelemetry's own variables say
// (OTEL_EXPORTER_OTLP_HEADERS, OTEL_SERVICE_NAME, ...).
func New(c Config) (*Tracer, error) {
	target, err := url.JoinPath(c.Collector, "v1/traces")
	if err != nil {
		return nil, err
	}
	ctx := context.Background() // it connects to nobody
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(target))
	if err != nil {
		return nil, err
	}
	of, err := resource.New(ctx, resource.WithTelemetrySDK(), resource.WithAttributes(
		semconv.ServiceName("seckill"), semconv.ServiceVersion(c.Version), semconv.ServiceInstanceID(c.Instance)), resource.WithFromEnv())
	if err != nil {
		return nil, err
	}
	tells := &telling{SpanExporter: exporter, log: c.Log.With("collector", c.Collector)}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(tells.told))
	provider := sdk.NewTracerProvider(sdk.WithBatcher(tells), sdk.WithResource(of), sdk.WithIDGenerator(ids{}),
		sdk.WithSampler(sdk.AlwaysSample())) // of what is followed: Buy has decided
	return &Tracer{
		provider: provider, tracer: provider.Tracer("seckill", trace.WithSchemaURL(semconv.SchemaURL)),
		least: least(c.Ratio), asked: rate.NewLimiter(AskedFor, AskedFor),
	}, nil
}

// Close sends what is left, if the collector takes it at once.
func (t *Tracer) Close() {
	if t == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeWithin)
	defer cancel()
	_ = t.provider.Shutdown(ctx) // traces may be lost
}

// Batch begins the trace of a batch if somebody in it is followed, until end. What is
// done under the context is part of it.
func (t *Tracer) Batch(ctx context.Context, product string, size int, orders iter.Seq[sale.OrderID]) (_ context.Context, end func()) {
	buys := t.recent.find(orders)
	if len(buys) == 0 {
		return ctx, func() {}
	}
	ctx, span := t.tracer.Start(ctx, "batch", trace.WithLinks(linksTo(buys)...), trace.WithAttributes(
		attribute.String("seckill.product", product), attribute.Int("seckill.batch.size", size)))
	for _, b := range buys {
		b.link(span.SpanContext())
	}
	return ctx, func() { span.End() }
}

// A Call is one to a keeper.
type Call struct {
	Name string // of the keeper and its method
	Kind trace.SpanKind
	Of   []attribute.KeyValue
	// Orders are those that it is about; nil: it is followed as a part of its batch only.
	Orders iter.Seq[sale.OrderID]
	// Elsewhere: they may have been bought at another process.
	Elsewhere bool
}

// Begin begins a span of a call: within that of ctx, else as a trace of its own, if one
// of its orders was bought by somebody who is followed. end takes what came of it; empty: it worked.
func (t *Tracer) Begin(ctx context.Context, c Call) (_ context.Context, end func(failed string, more ...attribute.KeyValue)) {
	var links []trace.Link
	if !trace.SpanContextFromContext(ctx).IsValid() {
		if c.Orders == nil {
			return ctx, notFollowed
		}
		if links = linksTo(t.recent.find(c.Orders)); c.Elsewhere {
			links = append(links, t.elsewhere(c.Orders, links)...)
		}
		if len(links) == 0 {
			return ctx, notFollowed
		}
	}
	ctx, span := t.tracer.Start(ctx, c.Name, trace.WithSpanKind(c.Kind), trace.WithLinks(links...), trace.WithAttributes(c.Of...))
	return ctx, func(failed string, more ...attribute.KeyValue) {
		span.SetAttributes(more...)
		if failed != "" {
			span.SetStatus(codes.Error, failed)
			span.SetAttributes(semconv.ErrorTypeKey.String(failed))
		}
		span.End()
	}
}

func notFollowed(string, ...attribute.KeyValue) {}

// elsewhere links to the buys of these orders that another process follows, by their ids.
func (t *Tracer) elsewhere(orders iter.Seq[sale.OrderID], known []trace.Link) (links []trace.Link) {
	for id := range orders {
		is := func(l trace.Link) bool { return l.SpanContext.TraceID() == trace.TraceID(id) }
		if t.chosen(id) && !slices.ContainsFunc(known, is) {
			links = append(links, linkTo(named(id), id))
		}
	}
	return links
}

func linksTo(buys []*Buy) (links []trace.Link) {
	for _, b := range buys {
		links = append(links, linkTo(b.context, b.order))
	}
	return links
}

func linkTo(of trace.SpanContext, order sale.OrderID) trace.Link {
	return trace.Link{SpanContext: of, Attributes: []attribute.KeyValue{orderID(order)}}
}

func orderID(id sale.OrderID) attribute.KeyValue {
	return attribute.String("seckill.order_id", id.String())
}
