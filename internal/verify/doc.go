// Package verify is the audit: it proves after the fact that a sale kept its
// promise, from the log, the order store and, if one is open, the gate.
//
// It promises that it finds whatever breaks one of the invariants below; that it never
// accuses a sale that keeps them, even under full load; and that it says what it could
// not look at. It changes nothing.
//
//	quantity   held <= quantity, now and after every record of the log
//	limit      units held by one user <= the limit per user
//	units      remaining + held + in flight + returns pending = quantity
//	seqs       log and outbox of the current epoch hold 1..seq, each for one order
//	fold       folding the log again gives the tables, row for row
//	numbers    orders, and the entries of a product's history, are numbered 1..n, with no gap
//	returns    returns are numbered 1..n, and the gate has taken none that was not given
//	slots      the units that a user holds have slots of their own
//	position   the store's position is one in this log
//	openings   one accepted opening an epoch, each following the one before it
//	sold out   where nothing remains and nothing is under way, held = quantity
//	firm       embedded: every order in the log was answered as placed, and none was rejected
//	steps      orders went from state to state by legal steps only
//	counts     a product's counts are those of its rows
//	terms      the gate judges by the terms of the store
//	buyers     the gate knows everybody who has an order
//	waiting    the gate counts as many orders that wait as its outbox holds
//	addresses  the gate counts the orders of each address that wait for payment, if they are bounded
//	money      what was paid pays an order, is late, or is owed back or paid back
//	secret     log and tables have one secret of keyed order ids
//	damage     what is kept can be read
//
// If the log begins with the state of tables that it continues, it is folded again
// from there, and each of the state's chunks has to be in its place, whole.
//
// The log is folded again by the same sale.Fold that filled the tables; every
// invariant that a wrong fold could break is also asked of the tables alone.
//
// Live takes a cut: the view and the outbox of every gate, each in one step;
// then the end of the log; then it waits until the store has passed that end,
// and judges one snapshot of the store by the log up to the snapshot's own
// position. What was admitted after the cut is told apart by its seq, what came
// free after it by its return's number. An epoch that changed between cut and
// snapshot makes it start over. A gate that is shut, fenced or missing is waited for: if
// anybody sells, it is about to be opened. Stopped does the same without a gate. AsFound
// is for a sale that may or may not be running: a missing gate is no proof that it is not.
//
// A run keeps no state beyond its call, may run beside anything else, and takes some 500
// bytes of heap for each order of the partition that it reads.
package verify
