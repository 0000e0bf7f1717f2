package rush

import (
	_ "embed"
	"html/template"
	"io"
	"strings"
)

//go:embed report.html
var reportPage string

// reportTemplate is parsed once; the page is part of the program.
var reportTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"thousands": thousands,
	"millis":    millis,
	"whole":     whole,
	"words":     words,
	"class": func(g Group) string {
		if g.Error {
			return "error"
		}
		return g.Kind.String()
	},
	"share": func(n, of int64) float64 { return 100 * float64(n) / float64(max(of, 1)) },
}).Parse(reportPage))

// WriteHTML writes the report as one page that needs neither network nor
// scripts: style and charts are within it.
func (r Report) WriteHTML(w io.Writer) error {
	var page strings.Builder // so that a broken template leaves no half a page
	err := reportTemplate.Execute(&page, struct {
		Report
		Headline, Rates         string
		Bands                   []band
		Series                  []series
		Answers, Placed, Slower template.HTML
		PlacedCount, SoldOut    int64
		CutOff                  int64
	}{
		Report: r, Headline: r.headline(), Rates: r.rates(),
		Bands: r.bands(), Series: r.latencySeries(),
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
