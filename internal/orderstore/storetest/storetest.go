// Package storetest is the suite that every order store passes: it holds a keeper
// to each sentence of package orderstore.
//
// Its judge is the fold itself. Beside the keeper, every test keeps a state that
// knows all orders; what the keeper was asked to keep, piece by piece and from
// partly filled states, must be that, row for row.
package storetest

import (
	"context"
	"testing"
	"time"

	"seckill/internal/orderlog"
	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// A Harness is a fresh keeper. It closes by itself when the test ends.
type Harness struct {
	Keeper orderstore.Keeper
	// Reopen closes the keeper and opens, as a new process would, what it kept.
	Reopen func() orderstore.Keeper
	// Pass has time pass for the processes that were alive; nil: there is one at a time.
	Pass func(d time.Duration)
}

// Exercise runs the suite, each test on a keeper of its own.
func Exercise(t *testing.T, open func(t *testing.T) Harness) {
	tests := []struct {
		name string
		run  func(w *world)
	}{
		{"Mark/ofAPartitionThatNeverWas", markOfNew},
		{"Mark/movesWithItsSource", markMoves},
		{"Mark/comparesAndSets", markCompares},
		{"Mark/letsOneOfManyWin", markRace},
		{"Apply/newProduct", applyNewProduct},
		{"Apply/statesInOrderOfConcerns", applyStates},
		{"Apply/fillsWhatIsConcerned", applyConcerned},
		{"Apply/mostHeld", applyMostHeld},
		{"Apply/timesToTheMillisecond", applyTimes},
		{"Apply/termsAndOpenings", applyOpenings},
		{"Apply/knownOrdersOnce", applyKnown},
		{"Apply/anOrderIdIsOfOneProduct", applyForeign},
		{"Apply/anEndMeansALife", applyLives},
		{"Apply/slotsAreFilledAgain", applySlots},
		{"Apply/endsAndReturns", applyEnds},
		{"Apply/origins", applyOrigins},
		{"Apply/rejectedAndJudgedAnew", applyRejected},
		{"Apply/wipe", applyWipe},
		{"Apply/paymentsLeaveRows", applyPayments},
		{"Apply/latePayments", applyLate},
		{"Apply/owedIsNotDeleted", applyOwed},
		{"Apply/paymentsOfNoProduct", paymentsOfNoProduct},
		{"Payments", paymentPages},
		{"Apply/deadLetters", applyDeadLetters},
		{"Apply/largeBatches", applyLarge},
		{"Apply/anyHistoryInAnyBatches", applyHistories},
		{"Apply/endedContext", applyEndedContext},
		{"Arbiter/moreHeldThanOnSale", arbiterOversell},
		{"Arbiter/aSlotTwice", arbiterSlot},
		{"Arbiter/anOrderTwice", arbiterOrder},
		{"ReturnsAbove", returnsAbove},
		{"Product", product},
		{"Snapshot/allButRejected", snapshotAll},
		{"Snapshot/inChunks", snapshotChunks},
		{"Snapshot/isOneInstant", snapshotInstant},
		{"Passed/waits", passedWaits},
		{"Passed/endsWithItsContext", passedContext},
		{"Order", order},
		{"OrdersByID", ordersByID},
		{"List/pages", listPages},
		{"List/byStatus", listByStatus},
		{"Search/all", searchAll},
		{"Search/byTime", searchByTime},
		{"Search/byUser", searchByUser},
		{"Search/renewed", searchRenewed},
		{"Due", due},
		{"Meta/firstWriterWins", metaFirst},
		{"Audit/isOneInstant", auditInstant},
		{"Audit/passesErrorsOn", auditErrors},
		{"Processes/alone", processAlone},
		{"Processes/readWhatIsAllowed", processesReadWhatIsAllowed},
		{"Processes/tooOldHalt", processesTooOldHalt},
		{"Processes/thatAreGone", processesThatAreGone},
		{"Processes/ofALaterClock", processesOfALaterClock},
		{"Processes/race", processesRace},
		{"Renew/movesAllMarks", renewMoves},
		{"Renew/comparesAndSets", renewCompares},
		{"Renew/emptiesWithoutALog", renewEmpties},
		{"History/pages", historyPages},
		{"History/renewed", historyRenewed},
		{"Tokens/comeAndGo", tokensComeAndGo},
		{"Tokens/ofOneName", tokensOfOneName},
		{"Tokens/stay", tokensStay},
		{"Timelines/ofProducts", timelinesOfProducts},
		{"Timelines/atOnce", timelinesAtOnce},
		{"Timelines/stay", timelinesStay},
		{"Reopen/keepsAll", reopenKeeps},
		{"Concurrently", concurrently},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { test.run(newWorld(t, open(t))) })
	}
}

// A world is a keeper, and what it must hold.
type world struct {
	*testing.T
	Harness
	ctx   context.Context
	marks map[int32]orderstore.Mark
	full  map[string]*whole
	dead  []orderstore.DeadLetter
}

// A whole is the fold of one product, nothing left out.
type whole struct {
	*sale.State
	returns []sale.Return
	history []sale.HistoryEntry
}

func newWorld(t *testing.T, h Harness) *world {
	return &world{
		T: t, Harness: h, ctx: t.Context(),
		marks: map[int32]orderstore.Mark{}, full: map[string]*whole{},
	}
}

// source is the log that the records of a test come from.
var source = orderlog.Source{Cluster: "cluster-1", Topic: "topic-1", Leader: 3}
