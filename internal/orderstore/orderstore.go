// Package orderstore is the contract of the tables that the fold keeps: products,
// orders, returns, dead letters, and how far the log has been folded into them.
//
// The tables are a fold of the log and can be made again from it; with
// constraints of their own (0 <= held <= quantity, an order id once, a user's
// slot once) they are also an independent arbiter of it.
//
// Every method is safe for concurrent use. Errors are of the kinds ErrNotFound,
// ErrUnavailable, ErrMoved, ErrDamaged, ErrNewer and ErrTaken of package sale. A batch whose commit
// has an unknown outcome is ErrUnavailable: the position tells, on the next try,
// whether it happened.
package orderstore

import (
	"context"
	"time"

	"seckill/internal/sale"
)

// A Writer takes what the projector folds.
type Writer interface {
	// Mark returns how far a partition has been folded. Of one that never was,
	// it is the zero Mark.
	Mark(ctx context.Context, partition int32) (Mark, error)
	// Apply folds one batch in one transaction: it moves the partition's mark
	// from b.From to b.To (another mark there: ErrMoved), reads what b concerns
	// under locks, lets fold work on it, and keeps what that changed. Nil means
	// durable. The states are in the order of b.Concerns. now is the store's
	// clock. fold may be called more than once; only the last call counts.
	Apply(ctx context.Context, b Batch, fold func(now time.Time, states []*sale.State) []DeadLetter) error
	// ReturnsAbove returns the returns of a product with numbers above after, by
	// number, at most max, with the product's epoch, in one read.
	ReturnsAbove(ctx context.Context, product string, after int64, max int) (epoch int64, returns []sale.Return, err error)
}

// A Batch is a stretch of a partition, and what the fold needs to see for it.
type Batch struct {
	Partition int32
	From, To  Mark
	Concerns  []Concern // by product id, each once
}

// A Concern is what a batch needs of one product: the product itself (a state
// with epoch 0 if it is new), the orders with these ids, whichever product's they
// are, and every order by which one of these users holds a unit of the product; the
// payments with these ids, those that pay one of the orders, and those that were late and ask for one.
type Concern struct {
	Product  string
	Orders   []sale.OrderID
	Users    []string
	Payments []string
	MostHeld bool // also fill State.MostHeld and State.Owes, over the whole tables: for a batch that begins with an opening
}

// A DeadLetter is a line of the log that is no record.
type DeadLetter struct {
	Position sale.Position
	Product  string // as far as it can be told
	Reason   string
	Raw      []byte
}

// An Opener gives package opening what a gate opens with.
type Opener interface {
	// Product returns one product, its tombstone included.
	Product(ctx context.Context, id string) (sale.Product, error)
	// Products returns those that are not deleted, or the tombstones of those that
	// are, by id. They are not the caller's to change.
	Products(ctx context.Context, deleted bool) ([]sale.Product, error)
	// Snapshot calls f with all orders of a product that were not rejected, by
	// number, in chunks, from one snapshot of the store, and returns the product
	// as of the same snapshot. The orders carry id, user and status, and need carry no more.
	Snapshot(ctx context.Context, product string, f func([]sale.Order) error) (sale.Product, error)
	// Passed waits until the store has folded the record at this position, or ctx is done.
	Passed(ctx context.Context, at sale.Position) error
}

// A Reader answers those who ask about products and orders.
type Reader interface {
	// Order returns one order by its id.
	Order(ctx context.Context, id sale.OrderID) (sale.Order, error)
	// OrdersByID returns those of the orders that the store has, in no order.
	OrdersByID(ctx context.Context, ids []sale.OrderID) ([]sale.Order, error)
	// List returns orders of a product, in the order that q asks for.
	List(ctx context.Context, q Query) ([]sale.Order, error)
	// Search returns orders of all products, as q asks for.
	Search(ctx context.Context, q sale.Search) ([]sale.Order, error)
	// Count returns how many orders q asks for, wherever Behind is, and not more than Limit.
	Count(ctx context.Context, q sale.Search) (int64, error)
	// Payment returns one payment of a product.
	Payment(ctx context.Context, product, id string) (sale.Payment, error)
	// PaymentsByID returns those of the payments that the store has, in no order.
	PaymentsByID(ctx context.Context, keys []sale.PaymentKey) ([]sale.Payment, error)
	// Payments returns payments of a product, whether there is one or not, by id.
	Payments(ctx context.Context, q sale.PaymentQuery) ([]sale.Payment, error)
	// Late returns payments of one partition that are late, by product and id, behind
	// that of after.
	Late(ctx context.Context, partition int32, after sale.Payment, max int) ([]sale.Payment, error)
	// OpenPayments tells of each status that IsOpen.
	OpenPayments(ctx context.Context) ([]sale.OpenPayments, error)
	// Due returns orders of one partition whose payment window has passed by the
	// store's clock, oldest first.
	Due(ctx context.Context, partition int32, max int) ([]sale.Order, error)
	// History returns entries of a product's history, as q asks for. Of a product that never
	// was there are none.
	History(ctx context.Context, q sale.HistoryQuery) ([]sale.HistoryEntry, error)
	// Meta returns what is kept under key; if nothing is, it keeps and returns
	// propose, and of nil it keeps nothing.
	Meta(ctx context.Context, key string, propose []byte) ([]byte, error)
}

// A Query asks for a page of a product's numbered orders.
type Query = sale.Query

// An Auditor shows everything at once, for package verify.
type Auditor interface {
	// Audit calls f with one snapshot of the whole store, which is valid during the call.
	Audit(ctx context.Context, f func(Snapshot) error) error
}

// A Snapshot is the store at one instant.
type Snapshot interface {
	Marks() (map[int32]Mark, error)
	Products() ([]sale.Product, error)
	// Orders calls f with every order of a product, rejected ones included, by number.
	Orders(product string, f func(sale.Order) error) error
	// Returns calls f with every return of a product, by number.
	Returns(product string, f func(sale.Return) error) error
	// History calls f with every entry of a product's history, by number.
	History(product string, f func(sale.HistoryEntry) error) error
	// Payments calls f with every payment of a partition, by product and id.
	Payments(partition int32, f func(sale.Payment) error) error
	DeadLetters() ([]DeadLetter, error)
}

// A Renewer puts the tables under another log. Package recovery calls it.
type Renewer interface {
	// Renew moves all marks in one transaction, from those of from, which must be all
	// that there are (else ErrMoved), to those of to. Every order then stands at offset
	// -1, before that log; dead letters, which stood in the log before, go; and every
	// product asks for an opening (Recounts). Without to there is no log, and all goes
	// that a fold keeps. What Meta has kept stays. Nil means durable.
	Renew(ctx context.Context, from, to map[int32]Mark) error
}

// A Keeper is all of an order store.
type Keeper interface {
	Writer
	Opener
	Reader
	Auditor
	Processes
	Renewer
	Tokens
	Timelines
}
