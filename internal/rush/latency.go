package rush

import (
	"math"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// latencyOf reads a histogram of microseconds.
func latencyOf(h *hdrhistogram.Histogram) Latency {
	if h.TotalCount() == 0 {
		return Latency{}
	}
	at := func(percentile float64) float64 { return ms(h.ValueAtPercentile(percentile)) }
	return Latency{
		Count:  h.TotalCount(),
		MeanMS: math.Round(h.Mean()) / 1000,
		P50MS:  at(50),
		P90MS:  at(90),
		P99MS:  at(99),
		P999MS: at(99.9),
		MaxMS:  ms(h.Max()),
	}
}

func ms(us int64) float64 { return float64(us) / 1000 }

// curveOf is the percentiles of a histogram, ever denser towards 100: ten
// points for each further nine, as far as there are buyers to speak of.
func curveOf(h *hdrhistogram.Histogram) []Point {
	points := []Point{}
	n := float64(h.TotalCount())
	if n == 0 {
		return points
	}
	const perNine = 10
	for i := 0; ; i++ {
		above := math.Pow(10, -float64(i)/perNine)
		if above*n < 1 {
			break
		}
		percentile := math.Round((100-100*above)*1e6) / 1e6
		points = append(points, Point{percentile, ms(h.ValueAtPercentile(percentile))})
	}
	return append(points, Point{100, ms(h.Max())})
}
