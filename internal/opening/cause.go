package opening

// A Cause is what asks for an opening.
type Cause string

// The causes.
const (
	Put       Cause = "put"       // an operator changed or deleted the product
	Missing   Cause = "missing"   // there is no gate
	Fenced    Cause = "fenced"    // the gate was opened under another incarnation
	Abandoned Cause = "abandoned" // the gate is shut, and its opener is gone
	Epoch     Cause = "epoch"     // gate and store are at different epochs
	Recount   Cause = "recount"   // the fold met what it could make no sense of
	Terms     Cause = "terms"     // the gate has other terms than the store
	Deleted   Cause = "deleted"   // the gate outlived its product
	Lost      Cause = "lost"      // the log lost what the gate had admitted
)

// Causes are all of them.
var Causes = []Cause{Put, Missing, Fenced, Abandoned, Epoch, Recount, Terms, Deleted, Lost}
