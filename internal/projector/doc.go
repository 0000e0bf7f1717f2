// Package projector carries the order log into the order store: it reads a
// stretch of a partition, folds it, and keeps the rows and the new position in
// one transaction. Then it hands units that came free back to the gate.
//
// It promises that every record is folded exactly once, in order, whatever dies
// in between, for the position and the rows are one commit; that two projectors
// of one partition do no harm, for the position is moved by compare-and-set; that
// a poison record stops nothing; and that a return is handed over until the gate
// has it.
//
//	reading ──► folding ──► kept ──► handing over ──► reading …
//	               └─ moved by another: seek ──┘
//
// It halts, with ErrDamaged, on a position that is not of this log: another
// cluster or topic, a lower leader epoch, beyond the log's end, or behind another
// record than the one that was folded last.
//
// A Cursor is explicit state for one goroutine; a Projector may be shared by the
// cursors of several partitions.
package projector
