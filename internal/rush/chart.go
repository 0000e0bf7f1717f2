package rush

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
)

// The drawing area of every chart, in units of its viewBox.
const (
	chartWidth  = 720.0
	chartHeight = 250.0
	chartLeft   = 56.0
	chartRight  = 704.0
	chartTop    = 14.0
	chartBottom = 226.0
)

// chart draws one SVG. Only numbers and words of this package go into it, so
// nothing in it needs escaping.
type chart struct{ strings.Builder }

func (c *chart) add(format string, args ...any) { fmt.Fprintf(&c.Builder, format, args...) }

func newChart(label string) *chart {
	c := &chart{}
	c.add(`<svg viewBox="0 0 %g %g" role="img" aria-label="%s">`, chartWidth, chartHeight, label)
	return c
}

func (c *chart) html() template.HTML {
	c.add("</svg>")
	return template.HTML(c.String())
}

// rows draws the horizontal grid with its labels.
func (c *chart) rows(ticks []float64, y func(float64) float64, label func(float64) string) {
	for _, v := range ticks {
		c.add(`<line class="grid" x1="%g" x2="%g" y1="%.1f" y2="%.1f"/>`, chartLeft, chartRight, y(v), y(v))
		c.add(`<text class="tick" x="%g" y="%.1f" text-anchor="end">%s</text>`, chartLeft-8, y(v)+4, label(v))
	}
}

// columns draws the labels below.
func (c *chart) columns(ticks []float64, x func(float64) float64, label func(float64) string) {
	c.add(`<line class="axis" x1="%g" x2="%g" y1="%g" y2="%g"/>`, chartLeft, chartRight, chartBottom, chartBottom)
	for _, v := range ticks {
		c.add(`<line class="axis" x1="%.1f" x2="%.1f" y1="%g" y2="%g"/>`, x(v), x(v), chartBottom, chartBottom+4)
		c.add(`<text class="tick" x="%.1f" y="%g" text-anchor="middle">%s</text>`, x(v), chartBottom+19, label(v))
	}
}

// linear maps 0..most to from..to.
func linear(most, from, to float64) func(float64) float64 {
	return func(v float64) float64 { return from + (to-from)*v/most }
}

// ticksTo is round ticks from 0 to the first that is not below most; at most seven of them.
func ticksTo(most float64) []float64 {
	if most <= 0 {
		most = 1
	}
	step := math.Pow(10, math.Floor(math.Log10(most/4)))
	for _, nice := range []float64{1, 2, 2.5, 5, 10} {
		if step*nice*6 >= most {
			step *= nice
			break
		}
	}
	ticks := []float64{0}
	for v := step; ticks[len(ticks)-1] < most; v += step {
		ticks = append(ticks, v)
	}
	return ticks
}

// within is the ticks that are not above most.
func within(ticks []float64, most float64) []float64 {
	for i, v := range ticks {
		if v > most*1.0001 {
			return ticks[:i]
		}
	}
	return ticks
}

// short writes 2000 as 2,000 and 12500 as 12.5k.
func short(v float64) string {
	unit := ""
	switch {
	case v >= 1e6:
		v, unit = v/1e6, "M"
	case v >= 1e4:
		v, unit = v/1e3, "k"
	case v >= 1e3:
		return thousands(int64(v))
	}
	return strconv.FormatFloat(math.Round(v*1000)/1000, 'f', -1, 64) + unit
}

func seconds(v float64) string { return short(v) + " s" }
