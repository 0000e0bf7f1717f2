package httpapi

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"seckill/internal/sale"
)

func (s *shop) answered(_ context.Context, product string) (Answered, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := sale.FormatTime(start)
	return Answered{
		Answers: []AnsweredStretch{{at, at, map[string]int64{"sold_out": int64(len(product))}}},
		Latency: WindowLatency{Count: 7, P99MS: 2.5},
	}, s.down
}

// A timeline names some orders, evenly, and always the first, the last, and that of the last unit.
func TestATimelineNamesOrders(t *testing.T) {
	for _, of := range []struct {
		last, unit int64
		want       []int64
	}{{0, 5, nil}, {1, 5, []int64{1}}, {2, 2, []int64{1, 2}}, {4, 9, []int64{1, 2, 3, 4}}} {
		if got := markNumbers(of.last, of.unit); !slices.Equal(got, of.want) {
			t.Errorf("%d of %d: %v", of.last, of.unit, got)
		}
	}
	many := markNumbers(1_000_000, 777)
	if len(many) != marks+1 || many[0] != 1 || many[1] != 777 || many[marks] != 1_000_000 || !slices.IsSorted(many) {
		t.Error(many)
	}
}

func TestTheTimelineOfASale(t *testing.T) {
	s := guarded(t)
	viewer := []string{"Authorization", "Bearer " + s.token(t, "ann", "view")}
	s.put(t, "1", sale.Terms{Quantity: 2})
	s.buy(t, "1", "a").want(t, 201)
	s.set(func() { s.now = s.now.Add(43 * time.Millisecond) })
	s.buy(t, "1", "b").want(t, 201)
	var got SaleTimeline
	s.do(t, "GET", "/api/products/1/timeline", "", viewer...).want(t, 200).json(t, &got)
	answers, _ := s.answered(t.Context(), "1")
	want := SaleTimeline{
		Answers: answers.Answers, Latency: answers.Latency,
		Placed: []PlacedMark{{1, sale.FormatTime(start)}, {2, sale.FormatTime(start.Add(43 * time.Millisecond))}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\nnot %+v", got, want)
	}
	s.do(t, "GET", "/api/products/2/timeline", "", viewer...).problem(t, notFound)
	s.set(func() { s.down = sale.ErrUnavailable })
	s.do(t, "GET", "/api/products/1/timeline", "", "Authorization", "Bearer token").problem(t, unavailable)
}

// A link to share shows the timeline of one sale, with what the audit said, to whoever has it, and nothing else.
func TestALinkToShare(t *testing.T) {
	s := guarded(t)
	admin := []string{"Authorization", "Bearer token"}
	s.put(t, "1", sale.Terms{Quantity: 2})
	s.put(t, "2", sale.Terms{Quantity: 2})
	s.buy(t, "1", "a").want(t, 201)
	var link ShareLink
	s.do(t, "POST", "/api/products/1/share", "", admin...).want(t, 200).json(t, &link)
	if link.Judged.At == "" || link.Until != sale.FormatTime(start.Add(shareLife).Truncate(time.Second)) {
		t.Errorf("%+v", link)
	}
	read := "/api/products/1/timeline?share="
	var got SaleTimeline
	s.do(t, "GET", read+link.Share, "").want(t, 200).json(t, &got)
	if got.Judged == nil || *got.Judged != link.Judged || len(got.Placed) != 1 {
		t.Errorf("%+v", got)
	}
	for _, route := range []string{
		read + link.Share + "x", read + "x." + link.Share, read + "x", "/api/products/2/timeline?share=" + link.Share,
		"/api/products/never/timeline?share=" + link.Share, "/api/products/1/history?share=" + link.Share,
	} {
		if r := s.do(t, "GET", route, ""); r.StatusCode == 200 {
			t.Errorf("%s: %s", route, r.body)
		}
	}
	s.do(t, "GET", read+"x", "").problem(t, unauthorized)
	s.do(t, "GET", read+"x", "", admin...).want(t, 200) // who may anyway

	s.set(func() { s.now = start.Add(shareLife) })
	s.do(t, "GET", read+link.Share, "").problem(t, unauthorized)
	s.set(func() { s.now = start })
	s.do(t, "GET", read+link.Share, "").want(t, 200)
	s.do(t, "POST", "/api/products/1/close", "", admin...).want(t, 200)
	s.do(t, "DELETE", "/api/products/1", "", admin...).want(t, 204)
	s.put(t, "1", sale.Terms{Quantity: 2}) // another sale
	s.buy(t, "1", "b").want(t, 201)
	s.do(t, "GET", read+link.Share, "").problem(t, unauthorized)

	s.cannot = fmt.Errorf("%w: the store is away", sale.ErrUnavailable)
	s.do(t, "POST", "/api/products/1/share", "", admin...).problem(t, notJudged)
}

// Each answer to a buy of the right form is told with its product, and no other.
func TestAnswersAreCountedByProduct(t *testing.T) {
	m := &meter{requests: map[string]int{}}
	s := serve(t, func(_ *shop, c *Config) { c.Meter = m })
	s.put(t, "1", sale.Terms{Quantity: 1})
	s.buy(t, "1", "a").want(t, 201)
	s.buy(t, "1", "b").problem(t, soldOut)
	s.buy(t, "1", "c").problem(t, soldOut)
	s.buy(t, "never", "a").problem(t, notFound)
	s.do(t, "POST", "/api/products/1/orders", "x").problem(t, malformed)
	m.mu.Lock()
	defer m.mu.Unlock()
	for answer, n := range map[string]int{"placed 1": 1, "sold_out 1": 2, "not_found never": 0, "malformed 1": 0} {
		if m.requests[answer] != n {
			t.Errorf("%s: %d, not %d", answer, m.requests[answer], n)
		}
	}
}
