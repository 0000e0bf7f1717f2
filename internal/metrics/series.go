package metrics

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

const (
	// grain is the shortest stretch of a series, and what all of them are cut at.
	grain = 100 * time.Millisecond
	// mostStretches bounds a series, whatever its sale lasts.
	mostStretches = 200
)

// A Series is how the buyers of one sale were answered: in stretches of time, by when
// they began, so many with each answer; and how long the answers took.
type Series struct {
	Stretches []Stretch     `json:"stretches"`
	Took      map[int]int64 `json:"took"` // by their cell
}

// A Stretch is what was answered in one part of the time. Its bounds are in milliseconds since 1970.
type Stretch struct {
	From    int64            `json:"from"`
	To      int64            `json:"to"`
	Answers map[string]int64 `json:"answers"`
}

// ReadSeries is the inverse of Bytes. Of nothing it is the series of nobody.
func ReadSeries(kept []byte) (s Series, err error) {
	if len(kept) > 0 {
		err = json.Unmarshal(kept, &s)
	}
	return s, err
}

// Bytes is the series as it is kept.
func (s Series) Bytes() []byte {
	b, err := json.Marshal(s)
	if err != nil {
		panic(fmt.Sprint("a series: ", err)) // it is plain data
	}
	return b
}

// Plus is both together. What it loses to stay small is where neighbours hardly differ:
// a rush of seconds is still seen after days at which now and then somebody came.
func (s Series) Plus(o Series) Series {
	sum := Series{Took: maps.Clone(s.Took)}
	if sum.Took == nil {
		sum.Took = map[int]int64{}
	}
	for cell, n := range o.Took {
		sum.Took[cell] += n
	}
	all := slices.Concat(s.Stretches, o.Stretches)
	slices.SortStableFunc(all, func(a, b Stretch) int { return int(a.From - b.From) })
	for _, next := range all {
		last := len(sum.Stretches) - 1
		if last >= 0 && next.From < sum.Stretches[last].To {
			sum.Stretches[last] = join(sum.Stretches[last], next)
			continue
		}
		sum.Stretches = append(sum.Stretches, next)
	}
	for len(sum.Stretches) > mostStretches {
		at := sum.leastLost()
		sum.Stretches[at] = join(sum.Stretches[at], sum.Stretches[at+1])
		sum.Stretches = slices.Delete(sum.Stretches, at+1, at+2)
	}
	return sum
}

// leastLost is the stretch that may be joined with the next at the least cost.
func (s Series) leastLost() (at int) {
	least := 0.0
	for i := range len(s.Stretches) - 1 {
		if cost := lost(s.Stretches[i], s.Stretches[i+1]); i == 0 || cost < least {
			at, least = i, cost
		}
	}
	return at
}

// lost is by how much the squares of what the rates are off would grow if two
// neighbours, and the quiet between them, had one rate.
func lost(a, b Stretch) (cost float64) {
	both := join(a, b)
	for kind, n := range both.Answers {
		cost += squared(a.Answers[kind], a) + squared(b.Answers[kind], b) - squared(n, both)
	}
	return cost
}

func squared(n int64, of Stretch) float64 { return float64(n) * float64(n) / float64(of.To-of.From) }

func join(a, b Stretch) Stretch {
	both := Stretch{From: min(a.From, b.From), To: max(a.To, b.To), Answers: maps.Clone(a.Answers)}
	for kind, n := range b.Answers {
		both.Answers[kind] += n
	}
	return both
}

// Figures are those of the whole series; At is its end.
func (s Series) Figures() Figures {
	f := Figures{Answers: map[string]int64{}}
	for _, stretch := range s.Stretches {
		f.At = time.UnixMilli(stretch.To)
		for answer, n := range stretch.Answers {
			f.Answers[answer] += n
		}
	}
	var sum [cells]int64
	for cell, n := range s.Took {
		if cell >= 0 && cell < cells {
			sum[cell] += n
			f.Count += n
		}
	}
	f.measure(&sum)
	return f
}
