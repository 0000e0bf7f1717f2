package verify

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"seckill/internal/sale"
)

// Print writes the report as plain text: a line for each check with its
// numbers, then the findings, then what was left out, then one line for all.
func (r *Report) Print(w io.Writer) error {
	b := bufio.NewWriter(w)
	for _, c := range r.Checks {
		mark := "ok"
		if !c.Holds {
			mark = "NOT OK"
		}
		fmt.Fprintf(b, "%-7s %-9s %s%s%s\n", mark, c.Invariant, of(c.Product), c.Words, listed(c.Numbers))
	}
	for _, words := range r.Recovered {
		fmt.Fprintf(b, "RECOVERED %s\n", words)
	}
	for _, f := range r.Findings {
		fmt.Fprintf(b, "FINDING %-9s %s%s%s%s\n", f.Invariant, of(f.Product), f.Words, listed(f.Numbers), at(f.Place))
	}
	for _, o := range r.LeftOut {
		fmt.Fprintf(b, "LEFT OUT %-8s %s%s\n", o.Invariant, of(o.Product), o.Why)
	}
	found := "no findings"
	if n := len(r.Findings); n > 0 {
		found = counted(int64(n), "finding")
	}
	fmt.Fprintf(b, "%s: %s, %s, %s\n", found,
		counted(r.Products, "product"), counted(r.Orders, "order"), counted(r.Records, "record"))
	return b.Flush()
}

func of(product string) string {
	if product == "" {
		return ""
	}
	return "product " + safe(product) + ": "
}

func at(place string) string {
	if place == "" {
		return ""
	}
	return " [" + place + "]"
}

func listed(numbers []Number) string {
	if len(numbers) == 0 {
		return ""
	}
	words := make([]string, len(numbers))
	for i, n := range numbers {
		words[i] = n.Name + " " + strconv.FormatInt(n.Value, 10)
	}
	return " (" + strings.Join(words, ", ") + ")"
}

func counted(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.FormatInt(n, 10) + " " + what + "s"
}

// safe is an id as it may be printed: what is no id comes from damaged data, and
// could hold anything.
func safe(id string) string {
	if sale.CheckUser(id) {
		return id
	}
	return strconv.Quote(id)
}
