package verify

// Equations is what the audit looks at to judge an invariant.
var Equations list

func equation(i Invariant, code, words string) Statement { return Equations.add(i, code, words) }

// The equations.
var (
	heldWithinQuantity = equation(Quantity, "held_within_quantity", "held <= quantity")
	userWithinLimit    = equation(Limit, "user_within_limit", "held by one user <= limit")
	unitsAddUp         = equation(Units, "units_add_up", "remaining + held + in flight + returns pending = quantity")
	seqsWithoutGap     = equation(Seqs, "seqs_without_gap", "log and outbox hold seq 1..n of the epoch")
	foldedAgain        = equation(Fold, "folded_again", "the log, folded again, gives these rows")
	ordersNumbered     = equation(Numbers, "orders_numbered", "orders are numbered 1..n")
	returnsNumbered    = equation(Returns, "returns_numbered", "returns are numbered 1..n")
	returnedOnce       = equation(Returns, "returned_once", "every unit that came free was returned once")
	returnsTaken       = equation(Returns, "returns_taken", "returns that the gate took <= returns given")
	slotsOfTheirOwn    = equation(Slots, "slots_of_their_own", "every unit of a user has a slot of its own")
	positionInLog      = equation(Position, "position_in_log", "partition %v: position <= log end")
	openingOfEachEpoch = equation(Openings, "opening_of_each_epoch", "one accepted opening for each epoch, up to n")
	soldOutHeld        = equation(SoldOut, "sold_out_held", "sold out: held = quantity")
	noneRejected       = equation(Firm, "none_rejected", "every order in the log was answered as placed, and none was rejected")
	legalSteps         = equation(Steps, "legal_steps", "orders went by legal steps only")
	countsOfRows       = equation(Counts, "counts_of_rows", "the product's counts are those of its rows")
	gateTerms          = equation(Terms, "gate_terms", "the gate judges by the terms")
	gateBuyers         = equation(Buyers, "gate_buyers", "the gate knows everybody who has an order")
	gateWaiting        = equation(Waiting, "gate_waiting", "orders that wait, as the gate counts them = orders in its outbox")
	gateAddresses      = equation(Addresses, "gate_addresses", "orders that wait for payment, as the gate counts them by address = those there are")
	moneyAddsUp        = equation(Money, "money_adds_up", "in %v, payments = paid orders + deleted ones + late + owed back + paid back")
	oneSecret          = equation(Secret, "one_secret", "log and tables have one secret")
)
