// Package rehearsal is a rush on a throw-away product, run by the server against
// itself over loopback HTTP, so that the whole path is rehearsed.
//
// It promises that one rehearsal runs at a time in the whole sale, that it is
// bounded in buyers and time, that its product is its own and marked as such, and
// that what came of it is kept: how it ended, the report of the rush, and what the
// judge said. One whose process has ended in the middle shows as failed, and can
// be removed, with its product, as any other.
//
//	Begin ──► running ──► verifying ──► done
//	             │             │
//	             └──────┬──────┘
//	                    ├──► cancelled   by Remove, from any process
//	                    └──► failed      by the server's end, or if it or the audit could not
//
// A Runner is made by New and ends with Close, which ends what runs. It has one
// goroutine for the rehearsal that runs here and one that tells the registry of it
// every second; what runs elsewhere it knows from the registry. Every method is safe
// for concurrent use.
package rehearsal
