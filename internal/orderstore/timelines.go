package orderstore

import "context"

// Timelines keeps beside each product, in some bytes, how its buyers were answered. No
// record stands for it: a fold makes none, and takes that of a product which is deleted
// (docs/decisions/0044-a-sale-has-a-timeline.md).
type Timelines interface {
	// AddToTimelines has add make, of what is kept beside each of the products, nil if
	// nothing is, what is kept from now on, in one transaction. Of products that do not
	// exist nothing is kept. It need not outlast a loss of power. add may be called more
	// than once; only its last call for a product counts.
	AddToTimelines(ctx context.Context, products []string, add func(product string, kept []byte) []byte) error
	// Timeline returns what is kept beside a product, nil if nothing is.
	Timeline(ctx context.Context, product string) ([]byte, error)
}
