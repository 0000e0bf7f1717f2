package cluster

import (
	"slices"
	"testing"
	"time"

	"seckill/test/collector"
)

// A buy is followed through its batch, Redis, Kafka and the fold, which is another
// process's, to the answer, which comes by Postgres.
func TestABuyIsFollowedThroughACluster(t *testing.T) {
	on, to := sharedServers(t), collector.New(t)
	c := start(t, bin, append([]string{"--traces", to.URL, "--traces-ratio", "1"}, on.flags()...))
	s := c.put(1)
	a, err := c.apis[0].Buy(s.product, "u", "")
	if err != nil || a.Status != 201 && a.Status != 202 {
		t.Fatal(a, err)
	}
	var buy, batch, admit, appended, fold, found collector.Span
	for _, step := range []struct {
		name string
		span *collector.Span
		is   func(collector.Span) bool
	}{
		{"POST /api/products/{id}/orders", &buy, func(s collector.Span) bool { return s.Of["seckill.order_id"] == a.Order.ID }},
		{"batch", &batch, func(s collector.Span) bool { return s.LinksTo(&buy) && buy.LinksTo(&s) }},
		{"gate.Admit", &admit, func(s collector.Span) bool { return s.Parent == batch.ID && s.Of["db.system.name"] == "redis" }},
		{"log.Append", &appended, func(s collector.Span) bool { return s.Parent == batch.ID && s.Of["messaging.system"] == "kafka" }},
		{"store.Apply", &fold, func(s collector.Span) bool { return s.LinksTo(&buy) && s.Of["db.system.name"] == "postgresql" }},
		{"store.OrdersByID", &found, func(s collector.Span) bool { return s.LinksTo(&buy) }},
	} {
		limit := time.After(patience)
		for {
			news := to.News()
			if at := slices.IndexFunc(to.Spans(step.name), step.is); at >= 0 {
				*step.span = to.Spans(step.name)[at]
				break
			}
			select {
			case <-news:
			case <-limit:
				t.Fatalf("no such span %s of %+v", step.name, to.Spans(""))
			}
		}
	}
	by := func(s collector.Span) string { return s.Process["service.instance.id"] }
	if by(fold) == by(buy) || by(found) != by(buy) || by(appended) != by(buy) {
		t.Errorf("the buy is of %s, the fold of %s", by(buy), by(fold))
	}
	if appended.Of["messaging.destination.partition.id"] != fold.Of["messaging.destination.partition.id"] || appended.Of["seckill.log.last_offset"] != fold.Of["seckill.log.last_offset"] {
		t.Errorf("appended %v, folded %v", appended.Of, fold.Of)
	}
}
