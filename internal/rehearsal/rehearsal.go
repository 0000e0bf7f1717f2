package rehearsal

import (
	"encoding/json"
	"time"

	"seckill/internal/rush"
)

// A State is how far a rehearsal has come.
type State string

// The states.
const (
	Running   State = "running"
	Verifying State = "verifying"
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// Ended reports whether nothing will change any more.
func (s State) Ended() bool { return s != Running && s != Verifying }

// A Rehearsal is one of them, as it is kept. Its id is also its product's.
type Rehearsal struct {
	ID        string
	Plan      Plan
	State     State
	Failure   Failure // Failed: why, if it is one of those
	Reason    string  // Failed: why, in a sentence
	StartedAt time.Time
	EndedAt   time.Time // zero until it has ended
	Rush      rush.Progress
	Placed    int64 // orders, by whichever click
	Expired   int64 // units that came free again because their buyers did not pay
	Reported  bool  // there is a report of the rush

	Audited  bool  `json:"Judged"` // these two by the names under which they are kept
	Audit    Audit `json:"Ruling"`
	Oversold int64 // Audited: units held above the quantity
}

// An Audit is what the audit said of the sale.
type Audit struct {
	Findings int
	Document json.RawMessage // all of it, in whatever shape it has
}

// A Failure is why one failed: a name that stays the same.
type Failure string

// The failures.
const (
	EndedEarly    Failure = "ended_early"    // by the end of the server
	Unreadable    Failure = "unreadable"     // what was kept of it
	NotOnSale     Failure = "not_on_sale"    // its product
	NoRush        Failure = "no_rush"        // it could not run
	NotJudged     Failure = "not_judged"     // the audit could not
	ProductUnread Failure = "product_unread" // after the audit
	GivenUp       Failure = "given_up"       // another process took it for gone
)

const (
	endedEarly = "The server stopped before it was over"
	unreadable = "Its report cannot be read"
)

// A stepError is why a step failed.
type stepError struct {
	failure Failure
	words   string // what could not be done
	cause   error
}

func (e stepError) Error() string { return e.words + ": " + e.cause.Error() }
func (e stepError) Unwrap() error { return e.cause }

// read is a rehearsal from what the registry has of it.
func read(id string, summary []byte, running bool) Rehearsal {
	var r Rehearsal
	if err := json.Unmarshal(summary, &r); err != nil || r.ID != id {
		return Rehearsal{ID: id, State: Failed, Failure: Unreadable, Reason: unreadable}
	}
	if !running && !r.State.Ended() {
		r.State, r.Failure, r.Reason = Failed, EndedEarly, endedEarly
	}
	return r
}

// readReport is the report of a rush as it was kept, nil if there is none.
func readReport(kept []byte) *rush.Report {
	var r rush.Report
	if len(kept) == 0 || json.Unmarshal(kept, &r) != nil {
		return nil
	}
	return &r
}

// write is the inverse of read, and of readReport.
func write(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // it is plain data
	}
	return b
}
