// Package purchase is the buy path: it turns buyers who come at the same time
// into batches, has the gate decide on each batch in one step, appends what was
// admitted to the order log, and tells each buyer.
//
// It promises that a buyer is told "placed" only once the Confirmer that it was
// built with says so, that a buyer is never refused on an unknown outcome, and
// that an admitted order reaches the log even if the append failed at first:
// it stays in the gate's outbox until an append of it is acknowledged, and Sweep
// appends what was left there.
//
// Requests for one product form a lane. Those who come while a batch is in flight
// are the next one, so the round trip is the window and no timer is needed:
//
//	waiting ──take──► admitting ──► decided ──► appending ──► relayed, then forgotten by the outbox
//
// Who gives up while their batch waits is not in it when it is taken. How a try ends
// that the gate has not answered is certain once the gate has decided on the lane's
// next one, which fences it; until then the lane refuses nobody.
//
// The next batch is taken when this one is relayed, or SlowAppend after it was
// decided: a log that is away keeps nobody from the gate's decision. How much may
// wait for the log is bounded by the gate, not here.
//
// Who surely holds no order is refused from a lane's view, which is what the
// gate last said of itself, at most ViewAge ago; everybody else is asked for at
// the gate. A gate that is near is asked for its view first, once it is older.
//
// A lane is worked while buyers wait in it, and rests otherwise. Sweep is for
// the caller to repeat, for every product.
package purchase

import "time"

const (
	// ViewAge is how old a view may be to refuse a buyer by it.
	ViewAge = 100 * time.Millisecond
	// SlowAppend is how long a lane waits for the log before it takes the next batch.
	SlowAppend = 100 * time.Millisecond
	// AdmitWithin is how long a batch that was sent to the gate may still be admitted.
	// Whoever is answered that an outcome is unknown is told to come again after it.
	AdmitWithin = time.Second
	// SweepAge is how long an outbox entry is left to the process that admitted it.
	SweepAge = 5 * time.Second
	// MaxBatch bounds the requests that go to the gate in one step.
	MaxBatch = 4096
)
