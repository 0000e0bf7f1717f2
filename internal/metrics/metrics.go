// Package metrics counts what the rooms tell it and shows it to Prometheus, and
// the last second of it to the console.
//
// It promises that counting never blocks and costs no allocation (a failed call to a
// keeper aside), so that it can stand on the path of a buy. It knows no other room:
// each names what it counts through a one-method interface of its own, which a Set
// fulfils, and app joins them.
//
// Every method is safe for concurrent use.
package metrics

import (
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// buckets are in seconds: a refusal takes microseconds, a placed order a sync of
// the log, a queued one as long as its buyer was willing to wait.
var buckets = []float64{
	.00001, .00003, .0001, .0003, .001, .003, .01, .02, .05, .1, .25, .5, 1, 2, 5, 30,
}

// A Set is the metrics of one process.
type Set struct {
	registry *prometheus.Registry
	buys     *prometheus.HistogramVec
	calls    *prometheus.HistogramVec
	requests *prometheus.CounterVec
	ledger   ledger
	sales    sales
}

// New makes a Set that shows the Go runtime and the process from the start.
func New() *Set {
	s := &Set{
		registry: prometheus.NewRegistry(),
		buys: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "seckill_buy_seconds", Help: "Time to answer a buy, by what the buyer was told.", Buckets: buckets,
		}, []string{"answer"}),
		calls: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "seckill_keeper_seconds", Help: "Time that a call to a keeper took, by the method of its contract and what came of it.", Buckets: buckets,
		}, []string{"keeper", "call", "outcome"}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "seckill_http_requests_total", Help: "Requests answered, by the method and pattern of their route and the status; route none: no route took them.",
		}, []string{"method", "route", "status"}),
		ledger: ledger{tallies: map[string]*tally{}, before: map[string][cells]int64{}, since: time.Now()},
		sales:  sales{of: map[string]*saleCount{}},
	}
	s.registry.MustRegister(s.buys, s.calls, s.requests, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return s
}

// Buys returns what counts the buys that got this answer, and how long each took.
func (s *Set) Buys(answer string) (count func(took time.Duration)) {
	o, t := s.buys.WithLabelValues(answer), s.ledger.tally(answer)
	return func(took time.Duration) {
		o.Observe(took.Seconds())
		t.add(took)
	}
}

// OK is the outcome of a call without an error.
const OK = "ok"

// Calls returns what counts the calls of one kind to one keeper, by outcome, and how
// long each took. There must be few outcomes.
func (s *Set) Calls(keeper, call string) (count func(outcome string, took time.Duration)) {
	ok := s.calls.WithLabelValues(keeper, call, OK)
	return func(outcome string, took time.Duration) {
		o := ok
		if outcome != OK {
			o = s.calls.WithLabelValues(keeper, call, outcome)
		}
		o.Observe(took.Seconds())
	}
}

// Requests returns what counts the requests that were answered so, by the method and
// pattern of their route. There must be few of each.
func (s *Set) Requests(method, route string, status int) (count func()) {
	return s.requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc
}

// Count returns what counts an event of one of these values of the label: all of them
// are shown from the start, as 0. An empty label takes one value, which is not shown.
func (s *Set) Count(name, help, label string, values ...string) (count func(value string, n int)) {
	labels := []string{label}
	if label == "" {
		labels, values = nil, []string{""}
	}
	vec := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	s.registry.MustRegister(vec)
	counters := map[string]prometheus.Counter{}
	for _, v := range values {
		counters[v] = vec.WithLabelValues([]string{v}[:len(labels)]...)
	}
	return func(value string, n int) { counters[value].Add(float64(n)) }
}

// Gauge shows what read says whenever somebody looks, and nothing if that is no
// number. A name may be taken once.
func (s *Set) Gauge(name, help string, read func() float64) {
	s.Gauges(name, help, nil, func(show func(float64, ...string)) { show(read()) })
}

// Gauges shows what read shows whenever somebody looks, each under its own values of
// these labels, and nothing if that is no number. There must be few values.
func (s *Set) Gauges(name, help string, labels []string, read func(show func(value float64, of ...string))) {
	s.Together([]Gauge{{name, help}}, labels, func(show func([]float64, ...string)) {
		read(func(value float64, of ...string) { show([]float64{value}, of...) })
	})
}

// A Gauge is the name of one, and what it means.
type Gauge struct{ Name, Help string }

// Together shows several gauges of one look: as Gauges does, with a value for each.
func (s *Set) Together(all []Gauge, labels []string, read func(show func(values []float64, of ...string))) {
	g := &gauges{read: read}
	for _, one := range all {
		g.descs = append(g.descs, prometheus.NewDesc(one.Name, one.Help, labels, nil))
	}
	s.registry.MustRegister(g)
}

type gauges struct {
	descs []*prometheus.Desc
	read  func(show func(values []float64, of ...string))
}

func (g *gauges) Describe(to chan<- *prometheus.Desc) {
	for _, d := range g.descs {
		to <- d
	}
}

func (g *gauges) Collect(to chan<- prometheus.Metric) {
	g.read(func(values []float64, of ...string) {
		for i, value := range values {
			if !math.IsNaN(value) {
				to <- prometheus.MustNewConstMetric(g.descs[i], prometheus.GaugeValue, value, of...)
			}
		}
	})
}

// Handler shows everything, in the format that the reader asks for.
func (s *Set) Handler() http.Handler {
	return promhttp.HandlerFor(s.registry, promhttp.HandlerOpts{})
}
