// Package sale is the rules of a flash sale: what a product, an order and a
// record are, and the one function, Fold, that turns the order log into them.
//
// It promises that the same records in the same order give the same state,
// always: it has no clock, no randomness and no I/O, and imports only pure
// parts of the standard library. Everything durable is a fold of the log, so to
// check a sale one folds the log again and compares.
//
// An order goes through these states, and no others:
//
//	queued ──► placed ──► paid
//	   │          ├─────► cancelled   its unit comes free
//	   │          └─────► expired     its unit comes free
//	   └─────► rejected               it never held a unit
//
// Nothing in this package is safe for use by several goroutines at once.
package sale
