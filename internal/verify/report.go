package verify

// An Invariant names what has to hold; see the package comment.
type Invariant string

// Invariants is every invariant.
var Invariants []Invariant

func invariant(name string) Invariant {
	Invariants = append(Invariants, Invariant(name))
	return Invariant(name)
}

// The invariants.
var (
	Quantity  = invariant("quantity")
	Limit     = invariant("limit")
	Units     = invariant("units")
	Seqs      = invariant("seqs")
	Fold      = invariant("fold")
	Numbers   = invariant("numbers")
	Returns   = invariant("returns")
	Slots     = invariant("slots")
	Position  = invariant("position")
	Openings  = invariant("openings")
	SoldOut   = invariant("sold out")
	Firm      = invariant("firm")
	Steps     = invariant("steps")
	Counts    = invariant("counts")
	Terms     = invariant("terms")
	Buyers    = invariant("buyers")
	Waiting   = invariant("waiting")
	Addresses = invariant("addresses")
	Money     = invariant("money")
	Secret    = invariant("secret")
	Damage    = invariant("damage")
)

// A Report is what the audit saw.
type Report struct {
	Products int64 // tombstones included
	Orders   int64 // rows, rejected ones included
	Records  int64 // lines of the log that were read

	Checks   []Check
	Findings []Finding
	LeftOut  []Omission

	Recovered []Recovery // those that the log remembers
}

// Clean reports whether nothing was found.
func (r *Report) Clean() bool { return len(r.Findings) == 0 }

// A Check is an equation that was looked at.
type Check struct {
	Invariant Invariant
	Code      string   // of the Equation
	Args      []string // what is particular to it, in the order of the words
	Product   string   // empty: it is of the whole
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
	Code      string   // of the Violation, or of the Equation that does not hold
	Args      []string // as those of the Check
	Product   string   // empty: it is of the whole
	Place     Place    // where to look
	Words     string
	Numbers   []Number
}

// A Recovery is why a partition of the log begins with the state of the tables.
type Recovery struct {
	Partition int32
	At        string
	Chunks    int64    // of the state
	Why       []string // as the log has it
	Lost      []string // likewise
	Words     string
}

// A Place is where to look; the zero one is nowhere in particular.
type Place struct {
	Code  string // of Places
	Args  []string
	Words string
}

// An Omission is what could not be judged.
type Omission struct {
	Invariant Invariant
	Product   string   // empty: of all
	Code      string   // of Omissions
	Args      []string // as those of the Check
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

func finding(v Statement, product string, where Statement, numbers ...Number) Finding {
	return Finding{v.Invariant, v.Code, v.args, product, Place{where.Code, where.args, where.Words}, v.Words, numbers}
}

func (d *draft) find(v Statement, product string, where Statement, numbers ...Number) {
	d.add(finding(v, product, where, numbers...))
}

func (d *draft) add(f Finding) {
	a := about{f.Invariant, f.Product}
	if d.found[a] == 0 {
		d.order = append(d.order, a)
	}
	if d.found[a]++; d.found[a] <= mostAlike {
		d.r.Findings = append(d.r.Findings, f)
	}
}

// check notes that an equation was looked at: it holds if nothing was found against its invariant.
func (d *draft) check(e Statement, product string, numbers ...Number) {
	d.r.Checks = append(d.r.Checks, Check{e.Invariant, e.Code, e.args, product, e.Words, numbers, d.found[about{e.Invariant, product}] == 0})
}

// decide checks an equation that the numbers themselves decide.
func (d *draft) decide(e Statement, product string, where Statement, holds bool, numbers ...Number) {
	if !holds {
		not := e
		not.Words = "not so: " + e.Words
		d.find(not, product, where, numbers...)
	}
	d.check(e, product, numbers...)
}

func (d *draft) leaveOut(i Invariant, product string, why Statement) {
	d.r.LeftOut = append(d.r.LeftOut, Omission{i, product, why.Code, why.args, why.Words})
}

func (d *draft) report() Report {
	for _, a := range d.order {
		if n := d.found[a] - mostAlike; n > 0 {
			d.r.Findings = append(d.r.Findings, finding(moreAlike.of(n).under(a.invariant), a.product, Statement{}))
		}
	}
	return d.r
}
