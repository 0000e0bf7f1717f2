package app

import (
	"context"
	"maps"
	"slices"
	"time"

	"seckill/internal/httpapi"
	"seckill/internal/metrics"
	"seckill/internal/sale"
)

// timelinesEvery is how often a process keeps what its buyers were answered: what it may
// lose if it is killed.
const timelinesEvery = time.Second

// keepTimelines adds what was answered since the last time to what is kept. While the
// store is away it is held, and stays small.
func (p *Program) keepTimelines(ctx context.Context) error {
	for product, answered := range p.counts.TakeSales() {
		p.answered[product] = p.answered[product].Plus(answered)
	}
	if len(p.answered) == 0 {
		return nil
	}
	var damaged error
	err := p.keepers.store.AddToTimelines(ctx, slices.Sorted(maps.Keys(p.answered)), func(product string, kept []byte) []byte {
		s, err := metrics.ReadSeries(kept)
		if err != nil {
			damaged = err // it begins anew: nothing is decided by it
		}
		return s.Plus(p.answered[product]).Bytes()
	})
	if err != nil {
		return err
	}
	clear(p.answered)
	return damaged
}

// answeredOf is how the buyers of a product were answered, until a moment ago.
func (p *Program) answeredOf(ctx context.Context, product string) (a httpapi.Answered, err error) {
	kept, err := p.keepers.store.Timeline(ctx, product)
	if err != nil {
		return a, err
	}
	s, err := metrics.ReadSeries(kept)
	a.Latency = windowLatency(s.Figures())
	a.Answers = make([]httpapi.AnsweredStretch, len(s.Stretches))
	for i, stretch := range s.Stretches {
		a.Answers[i] = httpapi.AnsweredStretch{
			From: sale.FormatTime(time.UnixMilli(stretch.From)), To: sale.FormatTime(time.UnixMilli(stretch.To)), Answers: stretch.Answers,
		}
	}
	return a, err
}
