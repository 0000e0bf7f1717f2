package verify

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"seckill/internal/sale"
)

// Print writes the report as plain text: a line for each product and one for the
// whole, or with all one for each check with its numbers; then the findings, what was
// left out, and one line for all.
func (r *Report) Print(w io.Writer, all bool) error {
	b := bufio.NewWriter(w)
	if all {
		r.printChecks(b)
	} else {
		r.printProducts(b)
	}
	for _, one := range r.Recovered {
		fmt.Fprintf(b, "RECOVERED %s\n", one.Words)
	}
	for _, f := range r.Findings {
		fmt.Fprintf(b, "FINDING %-9s %s%s%s%s\n", f.Invariant, of(f.Product), f.Words, listed(f.Numbers), in(f.Place))
	}
	for i := 0; i < len(r.LeftOut); {
		o, all := r.LeftOut[i], []string{}
		for ; i < len(r.LeftOut) && r.LeftOut[i].Product == o.Product && r.LeftOut[i].Why == o.Why; i++ {
			all = append(all, string(r.LeftOut[i].Invariant))
		}
		fmt.Fprintf(b, "LEFT OUT %s%s: %s\n", of(o.Product), strings.Join(all, ", "), o.Why)
	}
	found := "no findings"
	if n := len(r.Findings); n > 0 {
		found = sale.FormatCount(int64(n), "finding")
	}
	fmt.Fprintf(b, "%s: %s, %s, %s\n", found,
		sale.FormatCount(r.Products, "product"), sale.FormatCount(r.Orders, "order"), sale.FormatCount(r.Records, "record"))
	return b.Flush()
}

func (r *Report) printChecks(b *bufio.Writer) {
	for _, c := range r.Checks {
		fmt.Fprintf(b, "%s %-9s %s%s%s\n", mark(c.Holds), c.Invariant, of(c.Product), c.Words, listed(c.Numbers))
	}
}

// printProducts writes what was looked at, product by product, as they come in the checks.
func (r *Report) printProducts(b *bufio.Writer) {
	type line struct {
		product       string
		checks, wrong int64
		held          string
	}
	var lines []*line
	byProduct := map[string]*line{}
	for _, c := range r.Checks {
		l := byProduct[c.Product]
		if l == nil {
			l = &line{product: c.Product}
			byProduct[c.Product], lines = l, append(lines, l)
		}
		l.checks++
		if !c.Holds {
			l.wrong++
		}
		if c.Code == heldWithinQuantity.Code {
			l.held = fmt.Sprintf("held %d of %d, ", c.Numbers[0].Value, c.Numbers[1].Value)
		}
	}
	for _, l := range lines {
		whose := of(l.product)
		if l.product == "" {
			whose = "the whole: "
		}
		hold := "holds"
		switch {
		case l.wrong > 0:
			hold = fmt.Sprintf("%d not so", l.wrong)
		case l.checks > 1:
			hold = "all hold"
		}
		fmt.Fprintf(b, "%s %s%s%s, %s\n", mark(l.wrong == 0), whose, l.held, sale.FormatCount(l.checks, "equation"), hold)
	}
}

// mark is the first word of a line, in a column.
func mark(holds bool) string {
	if holds {
		return "ok     "
	}
	return "NOT OK "
}

func of(product string) string {
	if product == "" {
		return ""
	}
	return "product " + safe(product) + ": "
}

func in(place Place) string {
	if place.Words == "" {
		return ""
	}
	return " [" + place.Words + "]"
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

// safe is an id as it may be printed: what is no id comes from damaged data, and
// could hold anything.
func safe(id string) string {
	if sale.CheckUser(id) {
		return id
	}
	return strconv.Quote(id)
}
