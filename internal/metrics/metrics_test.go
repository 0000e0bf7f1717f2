package metrics

import (
	"math"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func shown(t *testing.T, s *Set) string {
	t.Helper()
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 {
		t.Fatalf("status %d", w.Code)
	}
	return w.Body.String()
}

func TestWhatIsCountedIsShown(t *testing.T) {
	s := New()
	soldOut := s.Buys("sold_out")
	soldOut(20 * time.Microsecond)
	soldOut(2 * time.Millisecond)
	s.Buys("placed")(time.Second)
	s.Calls("log", "Append")("ok", 15*time.Millisecond)
	s.Calls("log", "Append")("unavailable", time.Minute)
	lag := 7.0
	s.Gauge("seckill_projector_lag_records", "Lag.", func() float64 { return lag })
	lag = 8
	page := shown(t, s)
	for _, line := range []string{
		`seckill_buy_seconds_count{answer="sold_out"} 2`,
		`seckill_buy_seconds_bucket{answer="sold_out",le="3e-05"} 1`,
		`seckill_buy_seconds_count{answer="placed"} 1`,
		`seckill_keeper_seconds_bucket{call="Append",keeper="log",outcome="ok",le="0.02"} 1`,
		`seckill_keeper_seconds_count{call="Append",keeper="log",outcome="unavailable"} 1`,
		"seckill_projector_lag_records 8",
		"go_goroutines ",
		"process_resident_memory_bytes ",
	} {
		if !strings.Contains(page, "\n"+line) {
			t.Errorf("no line %q", line)
		}
	}
	if lag = math.NaN(); strings.Contains(shown(t, s), "seckill_projector_lag_records") {
		t.Error("it shows what is not known")
	}
}

func TestTwoSetsAreApart(t *testing.T) {
	a, b := New(), New()
	a.Gauge("n", "", func() float64 { return 1 })
	b.Gauge("n", "", func() float64 { return 2 })
	if !strings.Contains(shown(t, a), "\nn 1\n") || !strings.Contains(shown(t, b), "\nn 2\n") {
		t.Error("two sets share a count")
	}
}

func TestCountingAllocatesNothing(t *testing.T) {
	s := New()
	soldOut, admit := s.Buys("sold_out"), s.Calls("gate", "Admit")
	if n := testing.AllocsPerRun(1000, func() { soldOut(time.Millisecond); admit(OK, time.Millisecond) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkBuys(b *testing.B) {
	soldOut := New().Buys("sold_out")
	for b.Loop() {
		soldOut(time.Millisecond)
	}
}

func TestOneLookForSeveral(t *testing.T) {
	s, looks := New(), 0
	s.Together([]Gauge{{"open_payments", "So many."}, {"open_since", "When."}}, []string{"status"}, func(show func([]float64, ...string)) {
		looks++
		show([]float64{3, 17}, "late")
		show([]float64{0, math.NaN()}, "refund_due")
	})
	page := shown(t, s)
	for _, line := range []string{`open_payments{status="late"} 3`, `open_payments{status="refund_due"} 0`, `open_since{status="late"} 17`} {
		if !strings.Contains(page, "\n"+line+"\n") {
			t.Errorf("no line %q", line)
		}
	}
	if looks != 1 || strings.Contains(page, `open_since{status="refund_due"}`) {
		t.Errorf("%d looks, and it shows:\n%s", looks, page)
	}
}

func TestLabels(t *testing.T) {
	s := New()
	opened := s.Count("openings_total", "Of a cause.", "cause", "put", "lost")
	opened("put", 2)
	s.Count("letters_total", "Dead.", "")("", 3)
	s.Requests("GET", "/api/products", 200)()
	s.Gauges("gates", "By state.", []string{"state"}, func(show func(float64, ...string)) {
		show(1, "open")
		show(math.NaN(), "unknown")
	})
	page := shown(t, s)
	for _, line := range []string{
		`openings_total{cause="put"} 2`, `openings_total{cause="lost"} 0`, "letters_total 3", `gates{state="open"} 1`,
		`seckill_http_requests_total{method="GET",route="/api/products",status="200"} 1`,
	} {
		if !strings.Contains(page, "\n"+line+"\n") {
			t.Errorf("no line %q", line)
		}
	}
	if strings.Contains(page, "unknown") {
		t.Error("it shows what is not known")
	}
}
