package orderstore

import (
	"context"
	"time"
)

// A Process is one of those that share a sale.
type Process struct {
	ID    string // made at each start
	Role  string // "api", "projector", or both
	Place string // host:pid
	Reads int    // the highest version of records that it reads
}

// ProcessGone is how long a process that has not said that it is alive is taken to
// be, by the store's clock.
const ProcessGone = 30 * time.Second

// Processes knows which processes are alive, so that no record is written that one
// of them could not read. If there is one process at a time, it may write what
// it reads.
type Processes interface {
	// Alive notes that a process is alive. One that reads less than what was allowed
	// before is ErrNewer, and not noted: it must halt.
	Alive(ctx context.Context, p Process) error
	// Living are those that are alive.
	Living(ctx context.Context) ([]Process, error)
	// Ended forgets a process that reads and writes no more.
	Ended(ctx context.Context, id string) error
	// Allow is nil if records of a version may be written from now on, for good: every
	// process that is alive reads them, and whoever comes and does not is told to halt.
	// Else it is ErrUnavailable, and names a process that does not.
	Allow(ctx context.Context, version int) error
}
