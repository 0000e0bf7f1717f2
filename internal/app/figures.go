package app

import (
	"context"
	"time"

	"seckill/internal/httpapi"
	"seckill/internal/metrics"
	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// figures are what this process measured of late, and how far the sale is.
func (p *Program) figures(ctx context.Context) httpapi.Figures {
	m := p.counts.Figures(time.Now())
	f := httpapi.Figures{
		Process: p.process.ID, At: sale.FormatTime(m.At), WindowS: m.Window.Seconds(), AnswersPerS: map[string]float64{},
		Latency: windowLatency(m),
	}
	for answer, n := range m.Answers {
		f.AnswersPerS[answer] = float64(n) / m.Window.Seconds()
	}
	if records, folded, err := orderstore.Folded(ctx, p.keepers.log, p.keepers.store); err == nil {
		f.Records, f.Folded = &records, &folded
	}
	return f
}

func windowLatency(m metrics.Figures) httpapi.WindowLatency {
	return httpapi.WindowLatency{Count: m.Count, P50MS: inMS(m.P50), P90MS: inMS(m.P90), P99MS: inMS(m.P99), MaxMS: inMS(m.Max)}
}

func inMS(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
