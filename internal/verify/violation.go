package verify

import (
	"cmp"

	"seckill/internal/sale"
)

// Violations is what speaks against an invariant, beside an equation that does not hold.
var Violations list

func violation(i Invariant, code, words string) Statement { return Violations.add(i, code, words) }

// The violations.
var (
	damaged   = violation(Damage, "damaged", "%v")
	moreAlike = violation("", "more_alike", "and %v more of this kind")

	anotherLog       = violation(Position, "another_log", "the store was filled from the log %q, topic %q, leader epoch %v, and this is %q, %q, %v")
	logGrewAgain     = violation(Position, "log_grew_again", "the log has another record there than the store has folded: it was cut off, and grew again")
	partitionMissing = violation(Position, "partition_missing", "the store has a position in a partition that the log does not have")
	neverFolded      = violation(Position, "never_folded", "the order's place in the log was never folded: partition %v, offset %v")
	otherSecret      = violation(Secret, "other_secret", "an opening has another secret of keyed order ids than the tables (seckill_meta)")

	chunkMissing        = violation(Fold, "chunk_missing", "chunk %v of %v of the state that the log begins with is missing or altered")
	chunkOutOfOrder     = violation(Fold, "chunk_out_of_order", "a chunk of the state does not fit those before it")
	letterMissing       = violation(Fold, "letter_missing", "a poison record has no dead letter in the store")
	letterDiffers       = violation(Fold, "letter_differs", "a dead letter is not what the log has there")
	letterOfNothing     = violation(Fold, "letter_of_nothing", "there is a dead letter, and no poison record")
	letterOfOwnOrder    = violation(Fold, "letter_of_own_order", "there is a dead letter for an order whose id no order of another product has")
	productAstray       = violation(Fold, "product_astray", "the product is in a partition that the log does not have")
	productInTwo        = violation(Fold, "product_in_two_partitions", "a product has records in two partitions")
	productNotInLog     = violation(Fold, "product_not_in_log", "the log has no such product")
	productNotInStore   = violation(Fold, "product_not_in_store", "the product is in the log, but not in the store")
	columnDiffers       = violation("", "column_differs", "%v is %v, but %v by the log")
	orderNotInLog       = violation(Fold, "order_not_in_log", "the log has no such order")
	orderNotInStore     = violation(Fold, "order_not_in_store", "the order is in the log, but not in the store")
	orderTwice          = violation(Fold, "order_twice", "the order is there twice")
	orderDiffers        = violation(Fold, "order_differs", "not as in the log: %v")
	returnNotInLog      = violation(Fold, "return_not_in_log", "the log has no such return")
	returnOfAnother     = violation(Fold, "return_of_another_order", "by the log this return is of order %v")
	returnsNotInStore   = violation(Fold, "returns_not_in_store", "some returns are in the log, but not in the store")
	entryNotInLog       = violation(Fold, "entry_not_in_log", "the log has no such entry of the history")
	entryDiffers        = violation(Fold, "entry_differs", "the entry of the history is not as in the log")
	paymentNotInLog     = violation(Fold, "payment_not_in_log", "the log has no such payment")
	paymentDiffers      = violation(Fold, "payment_differs", "not as in the log: %v")
	paymentsNotInStore  = violation(Fold, "payments_not_in_store", "some payments are in the log, but not in the store")
	returnsOutOfOrder   = violation(Returns, "returns_out_of_order", "the returns are not numbered in a row")
	numbersOutOfOrder   = violation(Numbers, "numbers_out_of_order", "the orders are not numbered in a row")
	rejectedHasNumber   = violation(Numbers, "rejected_has_number", "a rejected order has a number")
	entriesOutOfOrder   = violation(Numbers, "entries_out_of_order", "the entries of the history are not numbered in a row")
	entriesMiscounted   = violation(Numbers, "entries_miscounted", "the history has more or fewer entries than the product counts")
	neverOpened         = violation(Openings, "never_opened", "the order is of an epoch that was never opened")
	orderOfAnotherEpoch = violation(Openings, "order_of_another_epoch", "an order of another epoch took effect")
	openingOutcome      = violation(Openings, "opening_outcome", "an opening was %v")
	heldAbove           = violation(Quantity, "held_above_quantity", "more units were held than were on sale")
	userAboveLimit      = violation(Limit, "user_above_limit", "user %v holds more units than the limit allows")
	noSuchSlot          = violation(Slots, "no_such_slot", "there is no such slot")
	slotTaken           = violation(Slots, "slot_taken", "user %v holds two units in one slot")
	noSuchStatus        = violation(Steps, "no_such_status", "there is no status %q")
	endedAtDiffers      = violation(Steps, "ended_at_differs", "the status is %v, but ended_at says otherwise")
	payByDiffers        = violation(Steps, "pay_by_differs", "the status is %v, but pay_by says otherwise")
	illegalStep         = violation(Steps, "illegal_step", "a record %q that was %v took an order from %v to %v")
	stepOfPastEpoch     = violation(Steps, "step_of_past_epoch", "a record %q of an epoch before the order's took effect")

	seqNeverGiven = violation(Seqs, "seq_never_given", "the outbox has a seq that the gate never gave")
	seqOfTwo      = violation(Seqs, "seq_of_two", "two orders have the same seq: %v and %v")
	admittedLost  = violation(Seqs, "admitted_lost", "an admitted order is neither in the log nor in the outbox")
	userUnknown   = violation(Buyers, "user_unknown", "the gate does not know user %v, who has this order")
	termsDiffer   = violation(Terms, "terms_differ", "the gate goes by %v, but the terms are %v")

	addressMiscounted = violation(Addresses, "address_miscounted", "the gate counts more or fewer orders of the address that it knows as %v than wait for payment")
)

// DamagedFile is the finding of a file that cannot be opened as what it is.
func DamagedFile(err error) Finding { return finding(damaged.of(err), "", Statement{}) }

// Places is where to look for what was found.
var Places list

func placeOf(code, words string) Statement { return Places.add("", code, words) }

// The places.
var (
	atGate         = placeOf("gate", "gate")
	inOutbox       = placeOf("outbox", "outbox")
	inLogAndOutbox = placeOf("log_and_outbox", "log and outbox")
	inPartition    = placeOf("partition", "partition %v")
	atOffset       = placeOf("offset", "partition %v, offset %v")
	inTable        = placeOf("table", "%v")
	inRow          = placeOf("row", "%v %v")
	inLetter       = placeOf("dead_letter", "seckill_dead_letter, partition %v, offset %v")
)

func at(p sale.Position) Statement       { return atOffset.of(p.Partition, p.Offset) }
func letterAt(p sale.Position) Statement { return inLetter.of(p.Partition, p.Offset) }
func rowOf(o *sale.Order) Statement      { return inRow.of("seckill_order", o.ID) }
func before(a, b sale.Position) int {
	return cmp.Or(cmp.Compare(a.Partition, b.Partition), cmp.Compare(a.Offset, b.Offset))
}
