// Package logtest is the conformance suite of the order log: what every keeper
// of orderlog.Keeper must do, and all that its callers may rely on.
//
// A keeper's own test calls Exercise with a way to open a fresh log. Subtests
// share nothing, and wait for nothing but the keeper: one that never answers is
// ended by the deadline of go test.
package logtest

import (
	"testing"

	"seckill/internal/orderlog"
	"seckill/internal/sale"
)

// A Harness is a fresh, empty log, and what a test must do to it beyond the contract.
type Harness struct {
	orderlog.Keeper
	// Close ends the use of Keeper, which then answers ErrUnavailable.
	Close func()
	// Reopen closes Keeper and opens the same log again, like a process that
	// stopped and came back.
	Reopen func() orderlog.Keeper
	// Join is one more process on the same log; if a log has only one, Keeper itself.
	Join func() orderlog.Keeper
	// WriteRaw puts a line into the log, durably, that no Append would write.
	WriteRaw func(partition int32, product string, kind sale.Kind, version int, epoch int64, raw []byte)
}

// Exercise runs the suite. open makes a log for one subtest, and cleans it up
// with the subtest's t.
func Exercise(t *testing.T, open func(t *testing.T) Harness) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, h Harness)
	}{
		{"AppendReturnsTheLastPosition", appendReturnsTheLastPosition},
		{"AppendOfNothing", appendOfNothing},
		{"AppendsThatFollowComeAfter", appendsThatFollowComeAfter},
		{"AppendsThatOverlapStayWhole", appendsThatOverlapStayWhole},
		{"AppendUnderADoneContext", appendUnderADoneContext},
		{"AppendKeepsNothingOfItsArgument", appendKeepsNothingOfItsArgument},
		{"PartitionsAreApart", partitionsAreApart},
		{"ProductsHaveOnePartition", productsHaveOnePartition},
		{"EveryKindComesBackWhole", everyKindComesBackWhole},
		{"ReadGivesAtMostMax", readGivesAtMostMax},
		{"ReadFromAnyOffset", readFromAnyOffset},
		{"ReadWaitsForAnAppend", readWaitsForAnAppend},
		{"ReadWaitsUntilItsContextIsDone", readWaitsUntilItsContextIsDone},
		{"ReadOutsideTheLogIsDamage", readOutsideTheLogIsDamage},
		{"ReadsOverlapAppends", readsOverlapAppends},
		{"PoisonDoesNotStopTheLine", poisonDoesNotStopTheLine},
		{"ANewerRecordHalts", aNewerRecordHalts},
		{"BoundsFollowTheAppends", boundsFollowTheAppends},
		{"ALineHasASum", aLineHasASum},
		{"ReopenKeepsEverything", reopenKeepsEverything},
		{"SourceIsForLife", sourceIsForLife},
		{"SourceTellsLogsApart", func(t *testing.T, h Harness) { sourceTellsLogsApart(t, h, open(t)) }},
		{"ClosedIsUnavailable", closedIsUnavailable},
		{"CloseEndsAReadThatWaits", closeEndsAReadThatWaits},
		{"RunCallsEveryPartition", runCallsEveryPartition},
		{"RunEndsWithTheErrorOfAPartition", runEndsWithTheErrorOfAPartition},
		{"RunOutlastsItsFunctions", runOutlastsItsFunctions},
		{"RunHandsOver", runHandsOver},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}
