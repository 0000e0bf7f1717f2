package rush

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"
)

// ReportVersion changes when a field of [Report] changes its meaning or goes.
// New fields may come at any time.
const ReportVersion = 1

// Report is what a rush found. It is also the document of `rush --json`: the
// names of its fields are stable and end in their unit.
type Report struct {
	Version        int       `json:"version"` // ReportVersion
	URL            string    `json:"url"`
	Product        string    `json:"product"`
	Buyers         int       `json:"buyers"`          // that were to be sent
	OverS          float64   `json:"over_s"`          // the schedule's length
	Loop           string    `json:"loop"`            // "open": latency from the scheduled moment; "closed" (over_s is 0): from when a connection was free
	Connections    int       `json:"connections"`     // at once, at most
	NewConnections bool      `json:"new_connections"` // one a buyer
	Seed           uint64    `json:"seed"`
	StartedAt      time.Time `json:"started_at"`

	TookS       float64 `json:"took_s"` // from the start to the last answer
	Interrupted bool    `json:"interrupted"`
	Sent        int64   `json:"sent"`     // buyers whose order was sent
	Answered    int64   `json:"answered"` // buyers that ended; the rest was cut off by the interruption
	Followed    int64   `json:"followed"` // buyers that were told "queued" at first
	Errors      int64   `json:"errors"`   // of Answered, those with no right answer
	AnswersPerS float64 `json:"answers_per_s"`
	PlacedPerS  float64 `json:"placed_per_s"`
	Latency     Latency `json:"latency"`  // of all but no_answer and queued
	Lateness    Latency `json:"lateness"` // sent after the scheduled moment: waiting for a connection, and the generator's own; part of latency
	Curve       []Point `json:"curve"`    // of Latency
	ByKind      []Group `json:"by_kind"`  // those that were met, in the order of Kinds
	Complaints  []Said  `json:"complaints"`
	Beyond
	TimelineCellS float64 `json:"timeline_cell_s"`
	Timeline      []Cell  `json:"timeline"` // cell i spans [i, i+1) * timeline_cell_s from the start
}

// Latency is a distribution of times in milliseconds, exact to 3 digits.
type Latency struct {
	Count  int64   `json:"count"`
	MeanMS float64 `json:"mean_ms"`
	P50MS  float64 `json:"p50_ms"`
	P90MS  float64 `json:"p90_ms"`
	P99MS  float64 `json:"p99_ms"`
	P999MS float64 `json:"p99_9_ms"`
	MaxMS  float64 `json:"max_ms"`
}

// Point says that so many percent took at most so long.
type Point struct {
	Percentile float64 `json:"percentile"`
	MS         float64 `json:"ms"`
}

// Group is the buyers that ended in one way.
type Group struct {
	Kind    Kind    `json:"kind"`
	Count   int64   `json:"count"`
	Error   bool    `json:"error"`
	Latency Latency `json:"latency"`
	Curve   []Point `json:"curve"`
}

// Said is what an error said, and how often. Beyond a few different ones of a
// kind the rest is "other".
type Said struct {
	Kind  Kind   `json:"kind"`
	What  string `json:"what"`
	Count int64  `json:"count"`
}

// Cell is how many ended in one stretch of time, by kind.
type Cell map[Kind]int64

func (r *run) report() Report {
	sent := int64(r.pace.sent())
	rec := r.record
	rec.mu.Lock()
	defer rec.mu.Unlock()
	c := r.config
	all := rec.all()
	report := Report{
		Version: ReportVersion, URL: c.URL, Product: c.Product, Buyers: c.Buyers, OverS: c.Over.Seconds(), Loop: "open",
		Connections: len(r.workers), NewConnections: c.NewConnections, Seed: c.Seed,
		StartedAt: r.start.UTC().Truncate(time.Millisecond),
		TookS:     rec.last.Seconds(), Sent: sent, Followed: rec.followed,
		Latency: latencyOf(all), Lateness: latencyOf(rec.lateness), Curve: curveOf(all),
		ByKind: []Group{}, Complaints: rec.complaints.list(), Beyond: rec.beyond.clone(),
		TimelineCellS: rec.timeline.width.Seconds(), Timeline: rec.timeline.list(),
	}
	if c.Over == 0 {
		report.Loop = "closed"
	}
	for k, n := range rec.counts {
		if n == 0 {
			continue
		}
		kind, h := Kind(k), rec.latency[k]
		report.ByKind = append(report.ByKind, Group{kind, n, !kind.Right(), latencyOf(h), curveOf(h)})
		report.Answered += n
		if !kind.Right() {
			report.Errors += n
		}
	}
	if rec.last > 0 {
		report.AnswersPerS = float64(report.Answered) / rec.last.Seconds()
		report.PlacedPerS = float64(report.Count(Placed)) / rec.last.Seconds()
	}
	return report
}

// Count is how many buyers ended as k.
func (r Report) Count(k Kind) int64 {
	for _, g := range r.ByKind {
		if g.Kind == k {
			return g.Count
		}
	}
	return 0
}

func (c complaints) list() []Said {
	said := []Said{}
	for kind, what := range c {
		for text, n := range what {
			said = append(said, Said{kind, text, n})
		}
	}
	slices.SortFunc(said, func(a, b Said) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(b.Count, a.Count), cmp.Compare(a.What, b.What))
	})
	return said
}

func (t *timeline) list() []Cell {
	cells := make([]Cell, len(t.cells))
	for i, counts := range t.cells {
		cells[i] = Cell{}
		for k, n := range counts {
			if n > 0 {
				cells[i][Kind(k)] = n
			}
		}
	}
	return cells
}

// WriteJSON writes the report as one indented JSON document.
func (r Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false) // it is no page, and URLs stay readable
	return e.Encode(r)
}

//go:embed report.html
var reportPage string

// reportTemplate is parsed once; the page is part of the program.
var reportTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"thousands": thousands,
	"millis":    millis,
	"whole":     whole,
	"words":     words,
	"class":     Kind.class,
	"share":     func(n, of int64) float64 { return 100 * float64(n) / float64(max(of, 1)) },
}).Parse(reportPage))

// WriteHTML writes the report as one page that needs neither network nor
// scripts: style and charts are within it.
func (r Report) WriteHTML(w io.Writer) error {
	var page strings.Builder // so that a broken template leaves no half a page
	err := reportTemplate.Execute(&page, struct {
		Report
		Headline, Rates         string
		Bands                   []band
		Answers, Placed, Slower template.HTML
		PlacedCount, SoldOut    int64
		CutOff                  int64
	}{
		Report: r, Headline: r.headline(), Rates: r.rates(),
		Bands:   r.bands(),
		Answers: r.answersChart(), Placed: r.placedChart(), Slower: r.latencyChart(),
		PlacedCount: r.Count(Placed), SoldOut: r.Count(SoldOut),
		CutOff: r.Sent - r.Answered,
	})
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, page.String())
	return err
}
