package app_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"seckill/internal/app"
	"seckill/test/collector"
)

const buySpan = "POST /api/products/{id}/orders"

func traced(t *testing.T, ratio float64) (app.Config, *collector.Collector) {
	t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "10") // ms, until spans are sent
	to := collector.New(t)
	cfg := config(t.TempDir())
	cfg.Traces, cfg.TracesRatio = to.URL, ratio
	return cfg, to
}

// sent waits until there are spans of these names, which the end of a program would not wait for.
func sent(to *collector.Collector, names ...string) {
	for _, name := range names {
		for news := to.News(); len(to.Spans(name)) == 0; news = to.News() {
			<-news
		}
	}
}

// A buy is followed through its batch, the gate, the log and the fold, to its answer.
func TestABuyIsFollowed(t *testing.T) {
	cfg, to := traced(t, 1)
	p := startWith(t, cfg)
	p.ask(201, "PUT", "/api/products/1", `{"quantity":1}`)
	r, err := http.NewRequest("POST", p.url+"/api/products/1/orders", bytes.NewBufferString(`{"user_id":"u"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	got, err := p.client.Do(r)
	if err != nil || got.StatusCode != 201 {
		t.Fatalf("%v, %v", got, err)
	}
	_ = got.Body.Close()
	at, _, _ := strings.Cut(got.Header.Get("Location"), "?")
	p.ask(200, "GET", at, "") // it is folded
	order := strings.TrimPrefix(at, "/api/orders/")
	sent(to, buySpan, "batch", "gate.Admit", "log.Append", "store.Apply")
	p.end()

	one := func(name string) collector.Span {
		t.Helper()
		found := to.Spans(name)
		if len(found) != 1 {
			t.Fatalf("%d spans %s of %+v", len(found), name, to.Spans(""))
		}
		return found[0]
	}
	buy, batch, admit, fold := one(buySpan), one("batch"), one("gate.Admit"), one("store.Apply")
	if buy.Trace != strings.ReplaceAll(order, "-", "") || buy.Parent != "" || buy.Of["seckill.answer"] != "placed" || buy.Of["seckill.order_id"] != order {
		t.Errorf("the buy of %s: %+v", order, buy)
	}
	if want := `traceparent;desc="00-` + buy.Trace + "-" + buy.ID + `-03"`; got.Header.Get("Server-Timing") != want {
		t.Errorf("Server-Timing: %s, not %s", got.Header.Get("Server-Timing"), want)
	}
	if !batch.LinksTo(&buy) || !buy.LinksTo(&batch) || batch.Trace == buy.Trace || batch.Of["seckill.batch.size"] != "1" {
		t.Errorf("batch %+v, buy %+v", batch, buy)
	}
	if admit.Trace != batch.Trace || admit.Parent != batch.ID {
		t.Errorf("admit: %+v", admit)
	}
	appended := one("log.Append")
	if appended.Trace != batch.Trace || appended.Parent != batch.ID || appended.Kind != "producer" || appended.Of["messaging.destination.partition.id"] != "0" {
		t.Errorf("append: %+v", appended)
	}
	if !fold.LinksTo(&buy) || fold.Of["seckill.log.last_offset"] != appended.Of["seckill.log.last_offset"] || fold.Of["db.system.name"] != "sqlite" {
		t.Errorf("fold: %+v", fold)
	}
}

// The line of a buy names its trace beside its request.
func TestTheLineOfABuyNamesItsTrace(t *testing.T) {
	cfg, to := traced(t, 1)
	var said bytes.Buffer
	cfg.Log = slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelDebug}))
	p := startWith(t, cfg)
	p.ask(201, "PUT", "/api/products/1", `{"quantity":1}`)
	p.buy(201, "u")
	sent(to, buySpan)
	p.end()
	for line := range strings.Lines(said.String()) {
		if strings.Contains(line, "msg=buy ") {
			if want := "trace_id=" + to.Spans(buySpan)[0].Trace; !strings.Contains(line, want) || !strings.Contains(line, "request_id=") {
				t.Errorf("%s has no %s", line, want)
			}
			return
		}
	}
	t.Errorf("no line of a buy: %s", said.String())
}

// Where nobody is to be followed, nothing is sent, and buyers are told nothing.
func TestNobodyIsFollowed(t *testing.T) {
	cfg, to := traced(t, 0)
	p := startWith(t, cfg)
	p.ask(201, "PUT", "/api/products/1", `{"quantity":1}`)
	p.buy(201, "u")
	p.buy(409, "v")
	p.end()
	if sent := to.Spans(""); len(sent) > 0 {
		t.Errorf("%+v", sent)
	}
}
