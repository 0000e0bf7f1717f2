// Package collector is a collector of OpenTelemetry for tests: it takes OTLP over HTTP.
package collector

import (
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	collect "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// A Span is one that was sent. Ids are in hexadecimal.
type Span struct {
	Name, Trace, ID, Parent string
	Kind                    string // server, client, ...
	Failed                  bool
	Of                      map[string]string // its attributes
	Process                 map[string]string // those of the process that sent it
	Links                   []Link
	Nanoseconds             uint64 // how long it lasted
}

// A Link is what a span points to.
type Link struct{ Trace, ID string }

// LinksTo reports whether one of the span's links is to that other one.
func (s *Span) LinksTo(other *Span) bool {
	for _, l := range s.Links {
		if l.Trace == other.Trace && l.ID == other.ID {
			return true
		}
	}
	return false
}

// A Collector keeps what it was sent.
type Collector struct {
	URL string

	mu    sync.Mutex
	spans []Span
	news  chan struct{}
}

// New starts a collector that ends with the test.
func New(t testing.TB) *Collector {
	c := &Collector{news: make(chan struct{})}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := c.take(r); err != nil {
			t.Error("the collector:", err)
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/x-protobuf") // of an empty message: all is taken
	}))
	t.Cleanup(server.Close)
	c.URL = server.URL
	return c
}

func (c *Collector) take(r *http.Request) error {
	if r.Method != "POST" || r.URL.Path != "/v1/traces" || r.Header.Get("Content-Type") != "application/x-protobuf" {
		return fmt.Errorf("%s %s of %s", r.Method, r.URL.Path, r.Header.Get("Content-Type"))
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	var sent collect.ExportTraceServiceRequest
	if err := proto.Unmarshal(body, &sent); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, of := range sent.ResourceSpans {
		for _, scope := range of.ScopeSpans {
			for _, s := range scope.Spans {
				c.spans = append(c.spans, read(s, attributes(of.Resource.Attributes)))
			}
		}
	}
	close(c.news)
	c.news = make(chan struct{})
	return nil
}

func read(s *trace.Span, process map[string]string) Span {
	span := Span{
		Name: s.Name, Trace: hex.EncodeToString(s.TraceId), ID: hex.EncodeToString(s.SpanId), Parent: hex.EncodeToString(s.ParentSpanId),
		Kind: strings.ToLower(strings.TrimPrefix(s.Kind.String(), "SPAN_KIND_")), Failed: s.Status.GetCode() == trace.Status_STATUS_CODE_ERROR,
		Of: attributes(s.Attributes), Process: process, Nanoseconds: s.EndTimeUnixNano - s.StartTimeUnixNano,
	}
	for _, l := range s.Links {
		span.Links = append(span.Links, Link{hex.EncodeToString(l.TraceId), hex.EncodeToString(l.SpanId)})
	}
	return span
}

func attributes(all []*common.KeyValue) map[string]string {
	of := map[string]string{}
	for _, a := range all {
		switch v := a.Value.Value.(type) {
		case *common.AnyValue_IntValue:
			of[a.Key] = fmt.Sprint(v.IntValue)
		default:
			of[a.Key] = a.Value.GetStringValue()
		}
	}
	return of
}

// Spans are those of that name, or all.
func (c *Collector) Spans(name string) (found []Span) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.spans {
		if name == "" || s.Name == name {
			found = append(found, s)
		}
	}
	return found
}

// News is closed when more is sent.
func (c *Collector) News() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.news
}
