package rush

import (
	"encoding/json"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// mixed is the report of a rush that met right answers and errors.
func mixed(t *testing.T) Report {
	s := newShop(t, func(w http.ResponseWriter, n int) {
		switch {
		case n < 20:
			placed(w)
		case n%10 == 0:
			problem(w, 500, "<script>alert(1)</script>")
		default:
			problem(w, 409, "sold_out")
		}
	})
	return mustRun(t, Config{URL: s.URL, Buyers: 200, Over: 100 * time.Millisecond, Connections: 8, Seed: 1 << 52}, nil)
}

// The document comes back as the report that it was, with its units in its names.
func TestJSON(t *testing.T) {
	report := mixed(t)
	var b strings.Builder
	if err := report.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	var back Report
	d := json.NewDecoder(strings.NewReader(b.String()))
	d.DisallowUnknownFields()
	if err := d.Decode(&back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(report, back) {
		t.Errorf("came back as %+v\nwas %+v", back, report)
	}
	for _, name := range []string{`"p99_ms"`, `"took_s"`, `"kind": "sold_out"`, `"answers_per_s"`, `"version": 1`} {
		if !strings.Contains(b.String(), name) {
			t.Errorf("no %s in the document", name)
		}
	}
}

// The page loads nothing and runs nothing, and says what the report says.
func TestHTML(t *testing.T) {
	report := mixed(t)
	var b strings.Builder
	if err := report.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	if found := regexp.MustCompile(`(?i)<script|<link|<img|<iframe|src=|href=|url\(|@import|NaN|Inf\b`).FindString(page); found != "" {
		t.Errorf("the page has %q", found)
	}
	if rest := strings.ReplaceAll(page, report.URL, ""); strings.Contains(rest, "http://") || strings.Contains(rest, "https://") {
		t.Error("the page names another address than the server's")
	}
	if got := strings.Count(page, "<svg"); got != 3 {
		t.Errorf("%d charts", got)
	}
	for _, want := range []string{"sold out", "&lt;script&gt;", ">20<", "20 placed, 18 errors."} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in the page", want)
		}
	}
}

// A rush that was stopped before its first answer, and one with a single
// buyer, have a report too.
func TestReportOfLittle(t *testing.T) {
	s := newShop(t, func(w http.ResponseWriter, _ int) { placed(w) })
	nobody := Report{TimelineCellS: 0.01, Interrupted: true}
	one := mustRun(t, Config{URL: s.URL, Buyers: 1, Over: time.Second}, nil)
	for _, r := range []Report{nobody, one} {
		var b strings.Builder
		if err := r.WriteHTML(&b); err != nil {
			t.Fatal(err)
		}
		if found := regexp.MustCompile(`NaN|Inf\b`).FindString(b.String()); found != "" {
			t.Errorf("the page has %q", found)
		}
		if err := r.WriteTable(&b); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTable(t *testing.T) {
	var b strings.Builder
	if err := mixed(t).WriteTable(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`(?m)^ +20 .* placed$`, `(?m)^ +162 .* sold out$`, `(?m)^ +18 .* unexpected  \(error\)$`, `(?m)^ +200 .* all$`,
		`200 answers in .* s, .* a second\. 20 placed, 18 errors\.`, `seed 4503599627370496`, `18 × unexpected: 500 \{`} {
		if !regexp.MustCompile(want).MatchString(b.String()) {
			t.Errorf("no %s in\n%s", want, b.String())
		}
	}
}

// The timeline keeps every ending however long the rush lasts.
func TestTimeline(t *testing.T) {
	line := newTimeline()
	for i := range 100_000 {
		line.add(Kind(i%int(kinds)), time.Duration(i)*time.Millisecond)
	}
	if len(line.cells) > mostCells || line.width != 320*time.Millisecond {
		t.Errorf("%d cells of %v", len(line.cells), line.width)
	}
	var n int64
	for i, cell := range line.cells {
		var inCell int64
		for _, count := range cell {
			inCell += count
		}
		if last := i == len(line.cells)-1; inCell != 320 && !last {
			t.Errorf("cell %d has %d", i, inCell)
		}
		n += inCell
	}
	if n != 100_000 {
		t.Errorf("%d endings", n)
	}
}

func TestTicks(t *testing.T) {
	for most, want := range map[float64][]float64{
		0: {0, 0.2, 0.4, 0.6, 0.8, 1}, 5.04: {0, 1, 2, 3, 4, 5, 6}, 2000: {0, 500, 1000, 1500, 2000}, 7190: {0, 2000, 4000, 6000, 8000},
	} {
		got := ticksTo(most)
		if len(got) != len(want) || got[len(got)-1] < most {
			t.Errorf("ticksTo(%v) = %v, want %v", most, got, want)
		}
	}
}

// One colour has one meaning, here and in the console.
func TestColoursAreTheConsoles(t *testing.T) {
	tokens, err := os.ReadFile("../../ui/src/look/charts.css")
	if err != nil {
		t.Fatal(err)
	}
	colours := func(text, prefix string) (all []string) {
		for _, name := range []string{"placed", "sold.out", "own", "shut", "error", "plain"} {
			for _, m := range regexp.MustCompile(`--`+prefix+name+`: ([^;]+);`).FindAllStringSubmatch(text, -1) {
				all = append(all, name+" "+m[1])
			}
		}
		return all
	}
	want, got := colours(string(tokens), "chart-"), colours(reportPage, "")
	if len(want) != 18 || !slices.Equal(want, got) {
		t.Errorf("%v\nnot %v", got, want)
	}
}
