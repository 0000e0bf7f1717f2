package rush

import (
	"html/template"
	"slices"
)

// band is a layer of the stack over time: answers of one colour.
type band struct {
	Class string
	kinds []Kind
	Said  []said
}

// said is what the legend says of one kind.
type said struct {
	Name  string
	Count int64
}

// class is the colour of a kind, which means the same here and in the console: placed,
// sold out, what is the buyer's own, that the sale was shut, and errors.
func (k Kind) class() string {
	switch k {
	case Placed, SoldOut:
		return k.String()
	case NotOpen, Closed, Paused:
		return "shut"
	case AlreadyBought, OrderLimit, NotEligible, AddressLimit, Rejected, Queued:
		return "own"
	}
	return "error"
}

// bands are the layers from the ground up.
func (r Report) bands() []band {
	var bands []band
	for _, g := range r.ByKind {
		i := slices.IndexFunc(bands, func(b band) bool { return b.Class == g.Kind.class() })
		if i < 0 {
			i, bands = len(bands), append(bands, band{Class: g.Kind.class()})
		}
		bands[i].kinds = append(bands[i].kinds, g.Kind)
		bands[i].Said = append(bands[i].Said, said{words(g.Kind), g.Count})
	}
	return bands
}

// mostColumns is how many columns can still be told apart.
const mostColumns = 100

// columnsOver sums the timeline up into at most mostColumns.
func (r Report) columnsOver() (columns []Cell, width float64) {
	per := (len(r.Timeline) + mostColumns - 1) / mostColumns
	for i, cell := range r.Timeline {
		if i%per == 0 {
			columns = append(columns, Cell{})
		}
		for k, n := range cell {
			columns[len(columns)-1][k] += n
		}
	}
	return columns, r.TimelineCellS * float64(per)
}

// answersChart is answers a second over time, by kind, stacked.
func (r Report) answersChart() template.HTML {
	columns, width := r.columnsOver()
	most := 0.0
	for _, column := range columns {
		sum := 0.0
		for _, n := range column {
			sum += float64(n) / width
		}
		most = max(most, sum)
	}
	rows := ticksTo(most)
	end := max(float64(len(columns))*width, r.TimelineCellS) // nobody may have been answered
	y := linear(rows[len(rows)-1], chartBottom, chartTop)
	x := linear(end, chartLeft, chartRight)

	c := newChart("Answers a second over time, by kind")
	c.rows(rows, y, short)
	for i, column := range columns {
		from, to := x(float64(i)*width), x(float64(i+1)*width)
		ground := 0.0
		c.add(`<g class="column"><title>%s to %s`, seconds(float64(i)*width), seconds(float64(i+1)*width))
		for _, b := range r.bands() {
			for _, k := range b.kinds {
				if column[k] > 0 {
					c.add("\n%s: %s", words(k), thousands(column[k]))
				}
			}
		}
		c.add(`</title><rect class="hover" x="%.1f" y="%g" width="%.1f" height="%g"/>`, from, chartTop, to-from, chartBottom-chartTop)
		for _, b := range r.bands() {
			n := column.sum(b.kinds)
			if n == 0 {
				continue
			}
			top := ground + float64(n)/width
			c.add(`<rect class="fill %s" x="%.1f" y="%.2f" width="%.1f" height="%.2f"/>`, b.Class, from, y(top), to-from, y(ground)-y(top))
			ground = top
		}
		c.add("</g>")
	}
	c.columns(within(ticksTo(end), end), x, seconds)
	return c.html()
}

func (c Cell) sum(kinds []Kind) (n int64) {
	for _, k := range kinds {
		n += c[k]
	}
	return n
}

// placedChart is how many were placed by when.
func (r Report) placedChart() template.HTML {
	total := r.Count(Placed)
	rows := wholes(ticksTo(float64(total)))
	columns, width := r.columnsOver()
	end := max(float64(len(columns))*width, r.TimelineCellS) // as far as the chart above
	y := linear(rows[len(rows)-1], chartBottom, chartTop)
	x := linear(end, chartLeft, chartRight)

	c := newChart("Placed orders over time")
	c.rows(rows, y, short)
	line := &chart{}
	line.add("M%.1f %.1f", x(0), y(0))
	hovers, placed := &chart{}, int64(0)
	for i, cell := range r.Timeline {
		until := float64(i+1) * r.TimelineCellS
		placed += cell[Placed]
		last := x(until)
		line.add("L%.1f %.1f", last, y(float64(placed)))
		hovers.add(`<rect class="hover" x="%.1f" y="%g" width="%.1f" height="%g"><title>%s: %s placed</title></rect>`,
			x(until-r.TimelineCellS), chartTop, last-x(until-r.TimelineCellS), chartBottom-chartTop, seconds(until), thousands(placed))
	}
	c.add(`<path class="line placed" d="%s"/>%s`, line.String(), hovers.String())
	c.columns(within(ticksTo(end), end), x, seconds)
	return c.html()
}

// wholes leaves out the ticks between whole numbers: there is no half order.
func wholes(ticks []float64) []float64 {
	var whole []float64
	for _, v := range ticks {
		if v == float64(int64(v)) {
			whole = append(whole, v)
		}
	}
	return whole
}
