// Package orderlog is the contract of the durable, ordered log of records, which
// is the truth of every sale.
//
// A log has one or more partitions; a product's records are all in one. Within a
// partition the records have the offsets 0, 1, 2, …, for good, with no holes
// that a reader would see.
//
// Every method is safe for concurrent use. Errors are of the kinds
// ErrUnavailable, ErrUnknownOutcome, ErrDamaged and ErrNewer of package sale.
package orderlog

import (
	"context"

	"seckill/internal/sale"
)

// An Appender puts records into the log. Packages purchase, settle and opening call it.
type Appender interface {
	// Append makes the records durable, in order and next to each other's place
	// in the partition, then returns the position of the last. Nil means that no
	// fault can take them back. Under ErrUnknownOutcome some, none or all of
	// them are in the log, now or later; under ErrUnavailable none ever will be.
	// Nothing appended is no error.
	// Appends that overlap take any order; one that follows another comes after it.
	Append(ctx context.Context, partition int32, records []sale.Record) (last sale.Position, err error)
	// Partition is where a product that is put for the first time belongs.
	Partition(product string) int32
}

// A Reader reads the log. Packages projector, settle and verify call it.
type Reader interface {
	// Partitions is how many there are: 0 … Partitions-1.
	Partitions(ctx context.Context) (int32, error)
	// Read returns the lines from offset from on, at least one and at most max;
	// it waits until there is one, or ctx is done. A from beyond the end, or
	// below the first that is kept, is ErrDamaged: the log is not the one that
	// the position was taken from. A record at from of a version above
	// sale.Version is ErrNewer, and never passed over; the lines before one are
	// returned. The error of a ctx that is done wraps its own.
	Read(ctx context.Context, partition int32, from int64, max int) ([]Line, error)
	// Bounds returns the offset of the first line that is kept, and the one that
	// the next durable line will get.
	Bounds(ctx context.Context, partition int32) (first, end int64, err error)
	// Source tells which log this is, so that a position is never used on another.
	Source(ctx context.Context, partition int32) (Source, error)
}

// A Group shares the partitions out between the projectors of all processes.
type Group interface {
	// Run calls f for every partition that this process is to project, each in a
	// goroutine of its own, with a context that ends when the partition goes to
	// another process; it returns nil when ctx is done and every f has returned,
	// whatever they returned by then. An error of f before that ends Run with that
	// error. Two processes may hold a partition for a moment: the position in the
	// order store decides between them.
	Run(ctx context.Context, f func(ctx context.Context, partition int32) error) error
}

// CatchUp waits until a store, by its passed, has folded what a partition holds now.
func CatchUp(ctx context.Context, log Reader, partition int32, passed func(ctx context.Context, at sale.Position) error) error {
	first, end, err := log.Bounds(ctx, partition)
	if err != nil || end == first {
		return err
	}
	return passed(ctx, sale.Position{Partition: partition, Offset: end - 1})
}

// A Line is a record with its place, or what stands there instead of one.
type Line struct {
	Offset  int64
	Product string      // the key it was written under; of a poison line, as far as it can be told
	Record  sale.Record // if Poison is nil
	Poison  error       // why it is no record (ErrPoison)
	Raw     []byte      // of a poison line: what stands there
	Leader  int32       // epoch of the leader that wrote it; 0 if there are none
	Sum     uint32      // a checksum by which another line at this offset is told from this one, also by another process; never 0
}

// A Source is the identity of a log, kept beside a position in it.
type Source struct {
	Cluster string // which log, made when it was made
	Topic   string // which life of the topic
	Leader  int32  // epoch of the partition's leader; it never goes down
}

// A Keeper is all of a log.
type Keeper interface {
	Appender
	Reader
	Group
}
