package rush

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"text/tabwriter"
)

// WriteTable writes the report for people.
func (r Report) WriteTable(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\nProduct %s at %s: %s\n", r.Product, r.URL, r.headline())
	if r.Interrupted {
		fmt.Fprintf(&b, "Interrupted: %s of %s buyers were sent, %s were cut off.\n",
			thousands(r.Sent), thousands(int64(r.Buyers)), thousands(r.Sent-r.Answered))
	}
	b.WriteByte('\n')
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "buyers\tp50 ms\tp90 ms\tp99 ms\tp99.9 ms\tmax ms\t  answer")
	for _, g := range r.ByKind {
		name := words(g.Kind)
		if g.Error {
			name += "  (error)"
		}
		row(t, g.Count, g.Latency, name)
	}
	row(t, r.Answered, r.Latency, "all")
	_ = t.Flush() // a Builder takes everything
	fmt.Fprintf(&b, "\n%s\n", r.rates())
	for _, s := range r.Complaints {
		fmt.Fprintf(&b, "  %s × %s: %s\n", thousands(s.Count), words(s.Kind), s.What)
	}
	r.Money.writeTable(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

func row(w io.Writer, buyers int64, l Latency, name string) {
	fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t  %s\n", thousands(buyers),
		millis(l.P50MS), millis(l.P90MS), millis(l.P99MS), millis(l.P999MS), millis(l.MaxMS), name)
}

// headline says what was done.
func (r Report) headline() string {
	how := fmt.Sprintf("%s connections", thousands(int64(r.Connections)))
	if r.NewConnections {
		how = fmt.Sprintf("a new connection each, %s at once", thousands(int64(r.Connections)))
	}
	when := fmt.Sprintf("over %g s", r.OverS)
	if r.Loop == "closed" {
		when = "as fast as answers come (closed loop)"
	}
	return fmt.Sprintf("%s buyers %s, %s, seed %d", thousands(int64(r.Buyers)), when, how, r.Seed)
}

// rates says how fast it went, and what the latencies count from.
func (r Report) rates() string {
	s := fmt.Sprintf("%s answers in %.3f s, %s a second. %s placed, %s errors.\n",
		thousands(r.Answered), r.TookS, whole(r.AnswersPerS), thousands(r.Count(Placed)), thousands(r.Errors))
	if r.Followed > 0 {
		s += fmt.Sprintf("%s were told \"queued\" and asked again; their latency is to the end of that.\n", thousands(r.Followed))
	}
	s += r.Beyond.words()
	if r.Loop == "closed" {
		return s + "Latency counts from when a connection was free for the buyer."
	}
	return s + fmt.Sprintf("Latency counts from the scheduled moment; p99 of being sent after it: %s ms.", millis(r.Lateness.P99MS))
}

func words(k Kind) string { return strings.ReplaceAll(k.String(), "_", " ") }

// millis writes milliseconds to three digits.
func millis(v float64) string {
	switch {
	case v == 0:
		return "-"
	case v < 10:
		return strconv.FormatFloat(v, 'f', 2, 64)
	case v < 100:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return whole(v)
}

func whole(v float64) string { return thousands(int64(math.Round(v))) }

// thousands writes 10000 as 10,000.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
