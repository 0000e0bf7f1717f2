package trace

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"seckill/internal/sale"
	"seckill/test/collector"
)

const asks = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

func tracer(t testing.TB, url string, ratio float64, log *slog.Logger) *Tracer {
	t.Helper()
	tr, err := New(Config{Collector: url, Ratio: ratio, Version: "v1", Instance: "here/1", Log: log})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// sent has all that was followed so far sent, however long that takes, which Close would not wait for.
func sent(t *testing.T, tr *Tracer) {
	t.Helper()
	if err := tr.provider.ForceFlush(t.Context()); err != nil {
		t.Fatal(err)
	}
	tr.Close()
}

var silent = slog.New(slog.DiscardHandler)

func order(n int) sale.OrderID {
	var random [10]byte
	copy(random[:], fmt.Sprintf("%010d", n))
	return sale.NewOrderID(time.UnixMilli(1_700_000_000_000), random)
}

var placed = Answer{Route: "/api/products/{id}/orders", Product: "1", Name: "placed", Status: 201}

func TestWhoIsFollowed(t *testing.T) {
	for name, c := range map[string]struct {
		ratio       float64
		traceparent string
		followed    bool
	}{
		"nobody":                              {0, "", false},
		"all":                                 {1, "", true},
		"whose caller asks for it":            {0, asks, true},
		"whose caller does not":               {1, strings.TrimSuffix(asks, "1") + "0", false},
		"whose caller says nothing that is":   {1, "00-" + strings.Repeat("0", 32) + "-b7ad6b7169203331-01", true},
		"whose caller says nothing readable":  {0, "hello", false},
		"whose caller speaks a later version": {0, "01" + asks[2:] + "-more", true},
	} {
		t.Run(name, func(t *testing.T) {
			to := collector.New(t)
			tr := tracer(t, to.URL, c.ratio, silent)
			for _, id := range []sale.OrderID{order(1), {}} {
				b := tr.Buy(id, time.Now(), []byte(c.traceparent))
				if (b != nil) != c.followed {
					t.Fatalf("followed: %v", b != nil)
				}
				if b != nil {
					b.End(placed)
				}
			}
			sent(t, tr)
			if got := to.Spans(""); len(got) > 0 != c.followed {
				t.Errorf("sent: %+v", got)
			}
		})
	}
}

func TestABuyGoesOnItsCallersTrace(t *testing.T) {
	to := collector.New(t)
	tr := tracer(t, to.URL, 0, silent)
	b := tr.Buy(order(1), time.Now().Add(-time.Second), []byte(asks))
	told := b.End(placed)
	sent(t, tr)
	s := to.Spans("POST /api/products/{id}/orders")[0]
	if s.Trace != "0af7651916cd43dd8448eb211c80319c" || s.Parent != "b7ad6b7169203331" || told != "00-"+s.Trace+"-"+s.ID+"-01" || b.TraceID() != s.Trace {
		t.Errorf("%+v, told %s", s, told)
	}
	if s.Nanoseconds < 1e9 || s.Kind != "server" || s.Of["seckill.order_id"] != order(1).String() || s.Of["http.response.status_code"] != "201" ||
		s.Process["service.name"] != "seckill" || s.Process["service.version"] != "v1" || s.Process["service.instance.id"] != "here/1" {
		t.Errorf("%+v", s)
	}
}

// A retry under the same key is a second span in the trace of its order.
func TestARetryHasASpanOfItsOwn(t *testing.T) {
	to := collector.New(t)
	tr := tracer(t, to.URL, 1, silent)
	first := tr.Buy(order(1), time.Now(), nil).End(placed)
	again := placed
	again.Again = true
	second := tr.Buy(order(1), time.Now(), nil).End(again)
	sent(t, tr)
	if first == second || first[:36] != second[:36] || len(to.Spans("")) != 2 {
		t.Errorf("%s, then %s", first, second)
	}
}

// Processes of the same ratio follow the same orders, and as many as it says.
func TestEachProcessChoosesTheSameOrders(t *testing.T) {
	to := collector.New(t)
	one, other := tracer(t, to.URL, 0.25, silent), tracer(t, to.URL, 0.25, silent)
	defer one.Close()
	defer other.Close()
	n := 0
	const of = 4000
	for range of {
		id := sale.OrderID(newTraceID())
		followed := one.Buy(id, time.Now(), nil) != nil
		if followed != other.chosen(id) {
			t.Fatal("another process chose otherwise")
		}
		if followed {
			n++
		}
	}
	if n < of/5 || n > of*3/10 {
		t.Errorf("%d of %d", n, of)
	}
}

func TestStrangersDoNotHaveAllFollowed(t *testing.T) {
	to := collector.New(t)
	tr := tracer(t, to.URL, 0, silent)
	defer tr.Close()
	n, began := 0, time.Now()
	for range 10 * AskedFor {
		if tr.Buy(sale.OrderID{}, time.Now(), []byte(asks)) != nil {
			n++
		}
	}
	took := time.Since(began)
	if most := 1 + AskedFor*(1+took.Seconds()); n < AskedFor || float64(n) > most {
		t.Errorf("%d are followed in %v", n, took)
	}
}

// A buy that is not followed costs no allocation, whether traces are on or off. A batch of
// such costs a few, however many they are.
func TestWhoIsNotFollowedCostsNothing(t *testing.T) {
	to := collector.New(t)
	on := tracer(t, to.URL, 0, silent)
	defer on.Close()
	on.Buy(order(1), time.Now(), []byte(asks)) // somebody else is
	other, now := order(2), time.Now()
	batch := slices.Values(slices.Repeat([]sale.OrderID{other}, 1000))
	for name, c := range map[string]struct {
		most float64
		f    func()
	}{
		"off":   {0, func() { (*Tracer)(nil).Buy(other, now, nil) }},
		"on":    {0, func() { on.Buy(other, now, nil); on.Buy(sale.OrderID{}, now, nil) }},
		"batch": {4, func() { on.Batch(t.Context(), "1", 1000, batch) }},
		"call":  {8, func() { on.Begin(t.Context(), Call{Orders: batch, Elsewhere: true}) }},
	} {
		if n := testing.AllocsPerRun(1000, c.f); n > c.most {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func TestOnlyTheLastBuysAreRemembered(t *testing.T) {
	var r recent
	for n := range Recent + 10 {
		r.add(&Buy{order: order(n)})
		r.add(&Buy{order: order(n)})
	}
	if found := r.find(slices.Values([]sale.OrderID{order(9), order(10), order(Recent + 9)})); len(found) != 2 || len(r.buys) != Recent {
		t.Errorf("%d found, %d remembered", len(found), len(r.buys))
	}
}

// lines are what is logged.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{}
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case l.more <- struct{}{}:
	default:
	}
	return l.text.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// A collector that is away, refuses or never answers makes nobody wait and is told of once;
// what it cannot take is dropped.
func TestACollectorThatFailsCostsNobodyAnything(t *testing.T) {
	held := make(chan struct{})
	defer close(held)
	hangs := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-held:
		case <-r.Context().Done():
		}
	}))
	refuses := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusForbidden) }))
	away := httptest.NewServer(nil)
	away.Close()
	defer refuses.Close()
	defer hangs.CloseClientConnections()
	t.Setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "50") // of one try, in ms
	t.Setenv("OTEL_BSP_EXPORT_TIMEOUT", "100")
	for name, url := range map[string]string{"hangs": hangs.URL, "refuses": refuses.URL, "away": away.URL} {
		t.Run(name, func(t *testing.T) {
			said := &lines{more: make(chan struct{}, 1)}
			tr := tracer(t, url, 1, slog.New(slog.NewTextHandler(said, nil)))
			before := heap()
			for n := range 20_000 {
				tr.Buy(order(n), time.Now(), nil).End(placed)
			}
			<-said.more
			if more := int64(heap()) - int64(before); more > 32<<20 {
				t.Errorf("%d bytes more are kept", more)
			}
			tr.Close()
			if text := said.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, "level=WARN") || !strings.Contains(text, url) {
				t.Errorf("the log: %s", text)
			}
		})
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// It is told once that a collector fails, and once that it takes traces again.
func TestACollectorThatComesBack(t *testing.T) {
	said := &lines{}
	e := &telling{SpanExporter: nil, log: slog.New(slog.NewTextHandler(said, nil))}
	for _, err := range []error{nil, context.DeadlineExceeded, context.DeadlineExceeded, nil, nil, context.Canceled} {
		e.told(err)
	}
	if text := said.String(); strings.Count(text, "lost") != 2 || strings.Count(text, "again") != 1 {
		t.Errorf("the log: %s", text)
	}
}
