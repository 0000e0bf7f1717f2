// Package kafkalog keeps the order log in a Kafka topic, for any number of
// processes, on Kafka 3.9 or newer.
//
// It promises that a record whose Append answered nil is on every in-sync copy of
// its partition, and if there are fewer than three brokers on a disk; that Append answers within patience, whatever the brokers do; and
// that a topic which is not the one that was opened is found out: deleted and made
// anew, or cut off behind a position, it is ErrDamaged for whoever reads it. Whoever
// appends to one that was made anew is told by Kafka 4.1 and newer: before, an append
// names the topic by its name alone.
//
// Records stand in the topic one by one: the key is the product, the value is the
// record's JSON, and the headers kind, version and epoch are text. Committed
// offsets are not used at all: the position is in the order store.
//
//	Open ──waits for brokers and topic──► open ──Close──► closed
//
// One client appends and asks. Every reader has a client of its own (a cursor), as
// a broker serves the requests of a connection one by one, and a fetch waits.
// Every Run is a member of one consumer group, which only deals the partitions out.
//
// Every method is safe for concurrent use.
package kafkalog

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"seckill/internal/orderlog"
	"seckill/internal/sale"
)

// Topic is the one that a sale uses.
const Topic = "seckill.orders"

const (
	// patience bounds an Append, and every question but Read.
	patience = 10 * time.Second
	// requestTime bounds one try of a request. A frozen broker is noticed in it.
	requestTime = 3 * time.Second
	// backoff is short, as a broker that is back is a sale that goes on.
	backoff = 100 * time.Millisecond
	// growth is how soon partitions are found that an operator has added.
	growth = 5 * time.Second
)

// Options is what a Log is opened with.
type Options struct {
	Brokers  Brokers
	Topic    string
	Existing bool         // a topic that is missing is not made: it is ErrNotFound
	Anew     bool         // one that is there is deleted first
	Least    int32        // partitions of a topic that is made: so many, or 12
	Log      *slog.Logger // told what Open waits for, and what goes wrong in the group
}

// A Log is an open order log.
type Log struct {
	options Options
	client  *kgo.Client  // appends and asks
	opened  identity     // the life of the topic that this Log is of
	deleted [16]byte     // the life of it that Open has ended
	count   atomic.Int32 // partitions, as far as they are known
	epochs  leaderEpochs
	putting sync.Mutex // held to hand one Append's records over together
	cursors cursors

	ctx   context.Context // done when the Log is closed
	close context.CancelFunc
}

var _ orderlog.Keeper = (*Log)(nil)

// Open waits until the brokers answer, makes the topic if it is missing, and
// returns once every broker knows it. It ends early, with ErrUnavailable, only when
// ctx is done.
func Open(ctx context.Context, o Options) (*Log, error) {
	l := &Log{options: o}
	l.ctx, l.close = context.WithCancel(context.Background())
	var err error
	if l.client, err = kgo.NewClient(l.settings(
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.RequiredAcks(kgo.AllISRAcks()),
		kgo.ProducerLinger(0), // what comes is a batch already: docs/decisions/0016-no-linger.md
		kgo.ProduceRequestTimeout(requestTime),
		kgo.RecordDeliveryTimeout(patience/2),
		// Without it a batch that a frozen broker may have is kept, and everything
		// behind it, until that broker is back. What comes of it is known to nobody
		// either way, and a record that is in the log twice counts once.
		kgo.AllowIdempotentProduceCancellation(),
		kgo.MaxBufferedRecords(1<<18),
		// Of none, snappy and LZ4 it costs both sides the least CPU.
		kgo.ProducerBatchCompression(kgo.Lz4Compression(), kgo.NoCompression()),
		kgo.RequestRetries(3),
		kgo.RetryTimeout(patience/2),
	)...); err != nil {
		return nil, fmt.Errorf("%w: kafka client: %w", sale.ErrUnavailable, err)
	}
	if o.Anew {
		err = l.deleteTopic(ctx)
	}
	if err == nil {
		err = l.prepare(ctx)
	}
	if err != nil {
		_ = l.Close()
		return nil, err
	}
	go l.watch()
	return l, nil
}

// settings are those of every client, and more.
func (l *Log) settings(more ...kgo.Opt) []kgo.Opt {
	return append(l.options.Brokers.options(),
		append([]kgo.Opt{
			kgo.ClientID("seckill"),
			kgo.DialTimeout(requestTime),
			kgo.RequestTimeoutOverhead(requestTime),
			kgo.MetadataMaxAge(growth),
			kgo.MetadataMinAge(2 * backoff), // a new leader is found as soon as there is one
			kgo.RetryBackoffFn(func(tries int) time.Duration { return min(backoff<<min(tries, 10), 10*backoff) }),
		}, more...)...)
}

// Close gives what is being appended a moment to end and closes all connections.
// Every later call is ErrUnavailable.
func (l *Log) Close() error {
	flush, cancel := context.WithTimeout(context.Background(), requestTime)
	defer cancel()
	l.close()
	err := l.client.Flush(flush)
	l.cursors.closeAll()
	l.client.Close()
	if err != nil {
		return fmt.Errorf("%w: closing the log before all was appended: %w", sale.ErrUnknownOutcome, err)
	}
	return nil
}

// isOpen is nil, or why nobody is answered.
func (l *Log) isOpen() error {
	if l.ctx.Err() != nil {
		return fmt.Errorf("%w: the log is closed", sale.ErrUnavailable)
	}
	return nil
}
