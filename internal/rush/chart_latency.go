package rush

import (
	"html/template"
	"math"
	"strconv"
)

// series is a line of the latency chart.
type series struct {
	Name, Class string
	curve       []Point
}

// latencySeries are the whole and the two kinds that a sale is about; with one
// kind only, the whole would hide it.
func (r Report) latencySeries() []series {
	var all []series
	if len(r.ByKind) > 1 {
		all = append(all, series{"all answers", "all", r.Curve})
	}
	for _, g := range r.ByKind {
		if len(r.ByKind) == 1 || g.Kind == Placed || g.Kind == SoldOut {
			class := g.Kind.String()
			if g.Error {
				class = "error"
			}
			all = append(all, series{words(g.Kind), class, g.Curve})
		}
	}
	return all
}

// latencyChart is latency by percentile. Each further nine is as wide as the
// last, for it is the slowest answers that a buyer remembers.
func (r Report) latencyChart() template.HTML {
	nines, least, most := 1.0, math.Inf(1), 0.0
	for _, s := range r.latencySeries() {
		for _, p := range s.curve {
			if p.Percentile < 100 {
				nines = max(nines, ninesOf(p.Percentile))
			}
			least, most = min(least, p.MS), max(most, p.MS)
		}
	}
	rows := decades(least, most)
	x := linear(nines, chartLeft, chartRight-8)
	y := logarithmic(rows[0], rows[len(rows)-1], chartBottom, chartTop)

	c := newChart("Latency in milliseconds by percentile")
	c.rows(rows, y, short)
	for _, s := range r.latencySeries() {
		path, dots := &chart{}, &chart{}
		at := 0.0
		for i, p := range s.curve {
			if p.Percentile < 100 { // the slowest of all stands above the last percentile there is
				at = ninesOf(p.Percentile)
			}
			path.add("%s%.1f %.1f", map[bool]string{true: "M", false: "L"}[i == 0], x(at), y(p.MS))
			dots.add(`<circle class="hover" cx="%.1f" cy="%.1f" r="7"><title>%s: %s%% within %s ms</title></circle>`,
				x(at), y(p.MS), s.Name, strconv.FormatFloat(p.Percentile, 'g', 6, 64), millis(p.MS))
		}
		c.add(`<path class="line %s" d="%s"/>%s`, s.Class, path.String(), dots.String())
	}
	c.columns(percentilesTo(nines), func(p float64) float64 { return x(ninesOf(p)) }, func(p float64) string {
		return strconv.FormatFloat(p, 'g', -1, 64) + "%"
	})
	return c.html()
}

// ninesOf is 1 for 90 %, 2 for 99 %, 3 for 99.9 %.
func ninesOf(percentile float64) float64 { return -math.Log10(1 - percentile/100) }

func percentilesTo(nines float64) []float64 {
	ticks := []float64{0, 50}
	for _, p := range []float64{90, 99, 99.9, 99.99, 99.999, 99.9999} {
		if ninesOf(p) <= nines+0.01 {
			ticks = append(ticks, p)
		}
	}
	return ticks
}

// decades is round milliseconds around least and most, evenly apart in a
// logarithmic scale: every 1, 10, 100, and if those are few, 2 and 5 between.
func decades(least, most float64) []float64 {
	if most <= 0 {
		return []float64{0.1, 1}
	}
	least = max(least, 0.001)
	between := []float64{1}
	if most/least < 200 {
		between = []float64{1, 2, 5}
	}
	var all []float64
	for power := math.Floor(math.Log10(least)); power <= math.Ceil(math.Log10(most)); power++ {
		for _, b := range between {
			all = append(all, math.Round(b*math.Pow(10, power)*1000)/1000)
		}
	}
	first, last := 0, len(all)-1
	for first < last-1 && all[first+1] <= least {
		first++
	}
	for last > first+1 && all[last-1] >= most {
		last--
	}
	return all[first : last+1]
}

func logarithmic(least, most, from, to float64) func(float64) float64 {
	span := math.Log(most / least)
	return func(v float64) float64 { return from + (to-from)*math.Log(max(v, least)/least)/span }
}
