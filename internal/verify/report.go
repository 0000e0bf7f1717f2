package verify

import "fmt"

// An Invariant names what has to hold; see the package comment.
type Invariant string

// The invariants.
const (
	Quantity Invariant = "quantity"
	Limit    Invariant = "limit"
	Units    Invariant = "units"
	Seqs     Invariant = "seqs"
	Fold     Invariant = "fold"
	Numbers  Invariant = "numbers"
	Returns  Invariant = "returns"
	Slots    Invariant = "slots"
	Position Invariant = "position"
	Openings Invariant = "openings"
	SoldOut  Invariant = "sold out"
	Steps    Invariant = "steps"
	Counts   Invariant = "counts"
	Firm     Invariant = "firm"
	Terms    Invariant = "terms"
	Buyers   Invariant = "buyers"
	Waiting  Invariant = "waiting"
	Secret   Invariant = "secret"
	Damage   Invariant = "damage"
)

// A Report is what the audit saw.
type Report struct {
	Products int64 // tombstones included
	Orders   int64 // rows, rejected ones included
	Records  int64 // lines of the log that were read

	Checks   []Check
	Findings []Finding
	LeftOut  []Omission

	Recovered []string // the recoveries that the log remembers, in words
}

// Clean reports whether nothing was found.
func (r *Report) Clean() bool { return len(r.Findings) == 0 }

// A Check is an equation that was looked at.
type Check struct {
	Invariant Invariant
	Product   string // empty: it is of the whole
	Words     string
	Numbers   []Number
	Holds     bool
}

// A Number is one side of an equation.
type Number struct {
	Name  string
	Value int64
}

// A Finding is a broken invariant.
type Finding struct {
	Invariant Invariant
	Product   string // empty: it is of the whole
	Place     string // where to look
	Words     string
	Numbers   []Number
}

// An Omission is what could not be judged.
type Omission struct {
	Invariant Invariant
	Product   string // empty: of all
	Why       string
}

// mostAlike bounds the findings of one invariant and product that are kept:
// the first tell what is wrong, and a lost table has a million.
const mostAlike = 10

// A draft is a report in the making.
type draft struct {
	r     Report
	found map[about]int
	order []about // of found, by when it was first found
}

type about struct {
	invariant Invariant
	product   string
}

func newDraft() *draft { return &draft{found: map[about]int{}} }

func (d *draft) find(i Invariant, product, place, words string, numbers ...Number) {
	a := about{i, product}
	if d.found[a] == 0 {
		d.order = append(d.order, a)
	}
	if d.found[a]++; d.found[a] <= mostAlike {
		d.r.Findings = append(d.r.Findings, Finding{i, product, place, words, numbers})
	}
}

// check notes that an invariant was looked at: it holds where nothing was found against it.
func (d *draft) check(i Invariant, product, words string, numbers ...Number) {
	d.r.Checks = append(d.r.Checks, Check{i, product, words, numbers, d.found[about{i, product}] == 0})
}

// equation checks one that the numbers themselves decide.
func (d *draft) equation(i Invariant, product, place string, holds bool, words string, numbers ...Number) {
	if !holds {
		d.find(i, product, place, "not so: "+words, numbers...)
	}
	d.check(i, product, words, numbers...)
}

func (d *draft) leaveOut(i Invariant, product, why string) {
	d.r.LeftOut = append(d.r.LeftOut, Omission{i, product, why})
}

func (d *draft) report() Report {
	for _, a := range d.order {
		if n := d.found[a] - mostAlike; n > 0 {
			d.r.Findings = append(d.r.Findings, Finding{Invariant: a.invariant, Product: a.product, Words: fmt.Sprintf("and %d more of this kind", n)})
		}
	}
	return d.r
}
