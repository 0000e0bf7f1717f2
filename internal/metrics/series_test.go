package metrics

import (
	"fmt"
	"reflect"
	"testing"
	"time"
)

// second is a series of one second, n answers at its beginning.
func second(at int64, answer string, n int64) Series {
	return Series{Stretches: []Stretch{{at * 1000, at*1000 + 100, map[string]int64{answer: n}}}, Took: map[int]int64{int(at % 7): n}}
}

// However long a sale goes on and whoever asks now and then, its rush stays where it
// was, nothing is lost of the counts, and the series stays small.
func TestASeriesKeepsTheRush(t *testing.T) {
	var s Series
	day := int64(24 * 3600)
	for at := range day / 60 {
		s = s.Plus(second(60*at, "not_open", 3))
	}
	for tenth := range int64(20) {
		from := day*1000 + 100*tenth
		s = s.Plus(Series{Stretches: []Stretch{{from, from + 100, map[string]int64{"placed": 50 - 2*tenth, "sold_out": 20 * tenth}}}})
	}
	for at := range day / 60 {
		s = s.Plus(second(day+60+60*at, "sold_out", 2))
	}
	if len(s.Stretches) != mostStretches || len(s.Bytes()) > 20_000 {
		t.Errorf("%d stretches, %d bytes", len(s.Stretches), len(s.Bytes()))
	}
	rush := 0
	for i, stretch := range s.Stretches {
		if i > 0 && stretch.From < s.Stretches[i-1].To {
			t.Fatalf("%+v before %+v", s.Stretches[i-1], stretch)
		}
		if stretch.From >= day*1000 && stretch.To <= day*1000+2000 {
			rush++
		}
	}
	if rush < 15 {
		t.Errorf("of the rush %d stretches are left, of 20", rush)
	}
	f := s.Figures()
	want := map[string]int64{"not_open": 3 * day / 60, "placed": 620, "sold_out": 20*190 + 2*day/60}
	if !reflect.DeepEqual(f.Answers, want) {
		t.Errorf("%v, not %v", f.Answers, want)
	}
	read, err := ReadSeries(s.Bytes())
	if err != nil || !reflect.DeepEqual(read, s) {
		t.Errorf("%v: %+v", err, read)
	}
}

// What several processes counted of one time is one stretch, also where one of them was joined before.
func TestSeriesOfTheSameTime(t *testing.T) {
	a := Series{Stretches: []Stretch{{0, 300, map[string]int64{"placed": 3}}, {300, 400, map[string]int64{"sold_out": 1}}}}
	b := Series{Stretches: []Stretch{{200, 300, map[string]int64{"sold_out": 5}}, {500, 600, map[string]int64{"sold_out": 2}}}, Took: map[int]int64{4: 7}}
	want := "[{0 300 map[placed:3 sold_out:5]} {300 400 map[sold_out:1]} {500 600 map[sold_out:2]}]"
	for _, sum := range []Series{a.Plus(b), b.Plus(a)} {
		if got := fmt.Sprint(sum.Stretches); got != want || sum.Took[4] != 7 {
			t.Errorf("%s %v", got, sum.Took)
		}
	}
}

func TestSalesAreTakenOnce(t *testing.T) {
	s := New()
	placed, soldOut := s.Sold("placed"), s.Sold("sold_out")
	at := time.UnixMilli(1_700_000_000_050)
	placed([]byte("a"), at, time.Millisecond)
	soldOut([]byte("b"), at, time.Millisecond)
	placed([]byte("a"), at.Add(50*time.Millisecond), time.Millisecond)
	soldOut([]byte("a"), at.Add(10*time.Millisecond), 20*time.Millisecond) // overtaken by the one before
	taken := s.TakeSales()
	want := "[{1700000000000 1700000000100 map[placed:1 sold_out:1]} {1700000000100 1700000000200 map[placed:1]}]"
	if got := fmt.Sprint(taken["a"].Stretches); got != want {
		t.Error(got)
	}
	if f := taken["a"].Figures(); f.Count != 3 || f.P50 < time.Millisecond || f.P50 > 1063*time.Microsecond || f.Max < 20*time.Millisecond || f.Answers["placed"] != 2 {
		t.Errorf("%+v", f)
	}
	if len(taken) != 2 || len(s.TakeSales()) != 0 {
		t.Errorf("%v", taken)
	}
	product := []byte("a")
	if n := testing.AllocsPerRun(100, func() { placed(product, at, time.Millisecond) }); n > 0 {
		t.Errorf("%g allocations an answer", n)
	}
	for n := range mostSales + 10 {
		soldOut(fmt.Appendf(nil, "p%d", n), at, 0)
	}
	if n := len(s.TakeSales()); n != mostSales {
		t.Errorf("%d products", n)
	}
}
