package rehearsal

import (
	"context"
	"crypto/tls"
	"time"

	"seckill/internal/sale"
)

// A Registry keeps rehearsals: for every process of the sale, and beyond its end. A
// rehearsal has a summary and, once its rush is over, a report, both JSON. One runs at most; it runs as long as Keep is called for it every
// Patience at least.
//
// Errors are of the kinds ErrNotFound and ErrUnavailable of package sale.
type Registry interface {
	// Begin puts up the one that runs. If another does, it returns its id
	// instead.
	Begin(ctx context.Context, id string, summary []byte) (other string, err error)
	// Keep replaces what is kept of the one that runs, a report of nil aside, and
	// with ended it runs no more. It tells whether somebody asked for it to stop.
	// ErrNotFound: it is not taken to run any more.
	Keep(ctx context.Context, id string, summary, report []byte, ended bool) (stop bool, err error)
	// Get returns one, and whether it runs.
	Get(ctx context.Context, id string) (summary, report []byte, running bool, err error)
	// All calls f with every one of them, newest (by id) first.
	All(ctx context.Context, f func(id string, summary []byte, running bool)) error
	// Remove takes one away; if it runs, it is asked to stop instead.
	Remove(ctx context.Context, id string) (running bool, err error)
}

// Patience is how long a rehearsal is taken to run without a sign of it.
const Patience = 10 * time.Second

// A Merchant puts products on sale and takes them off: an opening.Opener.
type Merchant interface {
	Put(ctx context.Context, product, by string, change func(sale.Product) (sale.Terms, error)) (sale.Product, error)
	Delete(ctx context.Context, product, by string) error
}

// A Store is where the products are.
type Store interface {
	Product(ctx context.Context, id string) (sale.Product, error)
	Products(ctx context.Context, deleted bool) ([]sale.Product, error)
}

// Parts is what a Runner works with.
type Parts struct {
	Registry Registry
	Merchant Merchant
	Store    Store
	// Audit judges the sale, with this product in mind. An error means that it
	// could not.
	Audit func(ctx context.Context, product string) (Audit, error)
	URL   string                              // of this server, over loopback
	TLS   *tls.Config                         // how it is asked; nil: without TLS
	Pay   func(product string) (token string) // lets the buyers pay
	Pass  func(user string) (pass string)     // by which a buyer proves who they are; nil: nobody asks
	News  func(id string)                     // is called, often, when a rehearsal has changed
	Now   func() time.Time                    // wall clock
	NewID func() (tail string)                // random, of the characters of an id

	Connections int // of the buyers, at once; 0: as many as any rush has
}
