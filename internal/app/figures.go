package app

import (
	"context"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"seckill/internal/httpapi"
	"seckill/internal/sale"
)

// figures are what this process measured of late, and how far the sale is.
func (p *Program) figures(ctx context.Context) httpapi.Figures {
	m := p.counts.Figures(time.Now())
	f := httpapi.Figures{
		Process: p.process.ID, At: sale.FormatTime(m.At), WindowS: m.Window.Seconds(), AnswersPerS: map[string]float64{},
		Latency: httpapi.WindowLatency{Count: m.Count, P50MS: inMS(m.P50), P90MS: inMS(m.P90), P99MS: inMS(m.P99), MaxMS: inMS(m.Max)},
	}
	for answer, n := range m.Answers {
		f.AnswersPerS[answer] = float64(n) / m.Window.Seconds()
	}
	if records, folded, err := p.progress(ctx); err == nil {
		f.Records, f.Folded = &records, &folded
	}
	return f
}

func inMS(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// progress is how many records the log has been given, and how many of them the
// store has applied. The partitions are asked all at once: each is some round trips.
func (p *Program) progress(ctx context.Context) (records, folded int64, err error) {
	partitions, err := p.keepers.log.Partitions(ctx)
	if err != nil {
		return 0, 0, err
	}
	g, ctx := errgroup.WithContext(ctx)
	var given, applied atomic.Int64
	for i := range partitions {
		g.Go(func() error {
			mark, err := p.keepers.store.Mark(ctx, i) // first: so that it is not ahead
			if err != nil {
				return err
			}
			_, end, err := p.keepers.log.Bounds(ctx, i)
			given.Add(end)
			applied.Add(mark.Next)
			return err
		})
	}
	err = g.Wait()
	return given.Load(), applied.Load(), err
}
