package rush

import (
	"html/template"
	"math"
)

// leastMS is where the axis of latency begins.
const leastMS = 0.01

// latencyChart is percentiles as bars. From one mark of the axis to the next it is ten
// times as long a wait, as on the console's page of a rehearsal.
func (r Report) latencyChart() template.HTML {
	most := math.Pow(10, max(1, math.Ceil(math.Log10(max(r.Latency.MaxMS, leastMS)))))
	x := func(ms float64) float64 {
		return chartLeft + (chartRight-chartLeft-70)*max(0, math.Log10(ms/leastMS)/math.Log10(most/leastMS))
	}
	c := newChart("Latency by percentile, on a logarithmic axis")
	for i, row := range []struct {
		name string
		ms   float64
	}{{"p50", r.Latency.P50MS}, {"p90", r.Latency.P90MS}, {"p99", r.Latency.P99MS}, {"p99.9", r.Latency.P999MS}, {"max", r.Latency.MaxMS}} {
		y := chartTop + float64(i)*40
		c.add(`<text class="tick" x="%g" y="%.1f" text-anchor="end">%s</text>`, chartLeft-8, y+16, row.name)
		c.add(`<rect class="ground" x="%g" y="%.1f" width="%.1f" height="22"/>`, chartLeft, y, x(most)-chartLeft)
		c.add(`<rect class="fill plain" x="%g" y="%.1f" width="%.1f" height="22"/>`, chartLeft, y, x(max(row.ms, leastMS))-chartLeft)
		c.add(`<text class="value" x="%g" y="%.1f" text-anchor="end">%s ms</text>`, chartRight, y+16, millis(row.ms))
	}
	var decades []float64
	for ms := leastMS; ms <= most*1.0001; ms *= 10 {
		decades = append(decades, ms)
	}
	c.columns(decades, x, func(ms float64) string { return short(ms) + " ms" })
	return c.html()
}
