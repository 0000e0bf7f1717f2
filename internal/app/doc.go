// Package app puts the rooms together into a program, as a value with Open, Run
// and Close. It is the only room that knows every keeper, and it makes the one
// choice in which the modes differ: when an order counts as placed.
//
// Embedded is one process with one data folder:
//
//	data/version     the layout's version
//	data/lock        held by the process that uses the folder
//	data/orders.log  the order log (SQLite)
//	data/store.db    the order store (SQLite)
//	data/serve.json  where that process listens, and a random key for verify
//	data/rehearsals/ the results of rehearsals, one file each
//
// It starts by projecting what the log holds beyond the store, and opens every
// gate again; only then is it ready. It stops with an error if the log cannot be
// written, or if what it finds on disk contradicts itself; otherwise when its context
// is done. Then it answers those who wait, within ten seconds, and flushes.
//
// A cluster is any number of processes over Redis, Kafka and Postgres, each for
// selling, projecting, or both. It waits for servers that are away, at the start
// and later, and says which. It refuses to sell on a Redis that may evict data, and
// stops if the log is not the one that the store was filled from.
//
//	open ──Run──► answering health, until the servers are there ──► serving ──ctx done──► answering who waits ──► Close
package app
