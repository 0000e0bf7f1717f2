// Package rehearsal is a rush on a throw-away product, run by the server against
// itself over loopback HTTP, so that the whole path is rehearsed.
//
// It promises that one rehearsal runs at a time in the whole sale, that it is
// bounded in buyers and time, that its product is its own and marked as such, and
// that its result is kept: how it ended, the report of the rush, and the verdict of
// the audit. One whose process ended in the middle is shown as failed, and can be
// removed with its product, like any other.
//
//	Begin ──► running ──► verifying ──► done
//	             │             │
//	             └──────┬──────┘
//	                    ├──► cancelled   by Remove, from any process
//	                    └──► failed      by the server's end, or if it or the audit could not
//
// A Runner is made by New and ends with Close, which stops what runs. It has one
// goroutine for the rehearsal that runs here, and one that tells the registry of it
// every second; from the registry it knows what runs elsewhere. Every method is safe
// for concurrent use.
package rehearsal
