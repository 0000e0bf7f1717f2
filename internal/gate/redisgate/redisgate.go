// Package redisgate keeps gates in Redis, so that any number of processes may
// ask one: the keeper of the cluster mode.
//
// It promises the contract of package gate, and that every method is one script,
// which Redis runs alone and writes to its append-only file as a whole; Load and
// Users are one script for every thousand or so. Whether an answer outlives the
// server depends on the server's settings, which Check looks at.
//
// The incarnation is "run_id:master_replid", which every script reads from Redis
// itself: a restart, a replica that was promoted, and a primary that was made a
// replica and a primary again all change it. So does the first replica of a
// Redis that had none, and the loss of the last one for an hour: they cost a
// pause, and no order.
//
// Every key begins with the version of this layout and the store that it belongs
// to, "seckill:3:STORE:": gates and outboxes of another are not there. All keys of a
// product carry one hash tag, so that they are together on one node of a Redis
// Cluster:
//
//	{ID}:gate         hash: state (opening, open, or grouped: open to a group, or with a bound for addresses), epoch, incarnation, remaining, seq, returned,
//	                  waiting, signs, and the terms: limit, orders, opens, closes, paused, closed, partition, group, unpaid
//	{ID}:e<E>:buyers  hash of an epoch: user -> how many of their orders have ended (2 bytes, at most 65,535),
//	                  and the 16 bytes of each that holds a unit, oldest first
//	{ID}:e<E>:ended   set of an epoch: the orders that have ended
//	{ID}:e<E>:unpaid  hash of an epoch: origin -> how many of its orders wait for payment
//	{ID}:e<E>:recent  stream of an epoch: the users of each of the last batches that admitted, with a blank
//	                  between them; its id is the batch's first seq
//	{ID}:outbox       stream: an entry for every batch that admitted, with how many, when (ms), and for each
//	                  order the length of its user, the user, and the order's 16 bytes
//
// A product that was removed leaves no key, once its outbox is empty.
//
// Nothing is ever sent twice, except a script that Redis did not have yet. If the
// network breaks during a call that may have changed something, its outcome is
// unknown, since Redis may still find the call in its socket.
//
// A Gate is safe for concurrent use. New connects it, and it reconnects by itself;
// Close ends it, and every Gate that Of has made of it.
package redisgate

import (
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/redis/rueidis"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

// What Options do not say.
const (
	DefaultMaxUnrelayed = 100_000
	DefaultTimeout      = 2 * time.Second
)

// layout is the version of the keys and what they hold.
const layout = "3"

// Options of a Gate. URL is needed.
type Options struct {
	// URL is redis://USER:PASSWORD@HOST:PORT/DATABASE, or rediss:// for TLS, with
	// ?ca=FILE for who signs for the server, in PEM, and &cert=FILE&key=FILE for what it
	// is shown if it asks for a client's certificate. A node of a Redis Cluster
	// leads to all others; &addr=HOST:PORT names more, if it is away. With
	// &master_set=NAME they are sentinels, which know the primary of that name. To
	// them the same password is told, or that of &sentinel_password=.
	URL          string
	MaxUnrelayed int           // orders of one product that may wait for the log; 0: DefaultMaxUnrelayed
	Timeout      time.Duration // of one round trip; 0: DefaultTimeout
}

// A Gate is the gates of all products of one store.
type Gate struct {
	*connection
	prefix string // of every key
}

type connection struct {
	client       rueidis.Client
	maxUnrelayed string
	timeout      time.Duration
	closed       atomic.Bool
}

var _ gate.Keeper = (*Gate)(nil)

// New connects to Redis, to the gates of a store without a name. Its error is ErrUnavailable if that may work later.
func New(o Options) (*Gate, error) {
	if o.MaxUnrelayed == 0 {
		o.MaxUnrelayed = DefaultMaxUnrelayed
	}
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	option, err := o.client()
	if err != nil {
		return nil, err
	}
	client, err := rueidis.NewClient(option)
	if err != nil {
		return nil, fmt.Errorf("%w: Redis: %w", sale.ErrUnavailable, err)
	}
	return (&Gate{connection: &connection{client: client, maxUnrelayed: strconv.Itoa(o.MaxUnrelayed), timeout: o.Timeout}}).Of(""), nil
}

// Of is the gates of a store, over the same connection. No two stores have one name.
func (g *Gate) Of(store string) *Gate {
	return &Gate{g.connection, "seckill:" + layout + ":" + store + ":{"}
}

// Close ends the connections. What is called from then on is ErrUnavailable.
func (g *Gate) Close() {
	g.closed.Store(true)
	g.client.Close()
}

// Pattern matches all keys of the store, as SCAN takes it.
func (g *Gate) Pattern() string { return g.prefix + "*" }

// keys are those that every script is told.
func (g *Gate) keys(product string) []string {
	tagged := g.prefix + product + "}:"
	return []string{tagged + "gate", tagged + "outbox"}
}
