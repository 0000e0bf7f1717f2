package httpapi

import (
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"seckill/internal/purchase"
	"seckill/internal/sale"
)

// A kind is what a request came to, if that is not a success like any other: an
// entry of the table kinds.
type kind uint8

const (
	// Of a buy, in the order in which it is judged.
	unauthenticated kind = iota
	notYou
	passRequired
	rateLimited
	unavailable
	notFound
	boughtAgain
	alreadyBought
	orderLimit
	closed
	paused
	notOpen
	soldOut
	notEligible
	addressLimit
	boughtPlaced
	boughtQueued
	outcomeUnknown
	// Of any request.
	malformed
	unauthorized
	wrongSignature
	challengeFailed
	crossOrigin
	wrongRole
	methodNotAllowed
	timedOut
	termsRefused
	changedMeanwhile
	notClosed
	moneyOwed
	orderFinal
	paymentNeeded
	paymentConflict
	notOwed
	rehearsalRunning
	nameTaken
	noOperators
	tooLarge
	notJSON
	wrongHost
	invalid
	tooManyStreams
	headersTooLarge
	notJudged
	internal
	kindCount
)

// kinds is the one list of answers. The code of a problem is the end of its type,
// /problems/<code>; that of any answer to a buy is its name in metrics and figures.
// retry is in seconds; 0: asking again helps nobody.
//
// What is said of them elsewhere is made from it, or held to it by a test: the OpenAPI
// document, the table in docs/protocol.md, the kinds of internal/rush, and the types
// and words of the pages.
var kinds = [kindCount]struct {
	code    string
	status  int
	retry   int
	title   string          // of a problem
	refuses purchase.Result // which it tells a buyer
	when    string          // of a buy: docs/protocol.md
}{
	unauthenticated: {"unauthenticated", 401, 0, "Not signed in, or the sign-in has ended", 0, "buyers are known (`--buyer-auth`), and this one has no valid proof"},
	notYou:          {"not_you", 403, 0, "The user_id is not yours", 0, "buyers are known, and `user_id` is another's"},
	passRequired:    {"pass_required", 401, 0, "Pass the challenge first: POST /api/pass", 0, "a challenge has to be passed before buying (`--challenge`), and this proof does not show that it was"},
	rateLimited:     {"rate_limited", 429, 1, "Too many requests", 0, "too many of this address (`--rate-address`), of this user (`--rate`), or for this product (`--rate-product`). `RateLimit` says which, and `Retry-After` how long to wait"},
	unavailable:     {"unavailable", 503, 1, "Not available at the moment", 0, "the gate is shut or away, or too many orders wait for the log"},
	notFound:        {"not_found", 404, 0, "Not found", 0, "no such product"},
	boughtAgain:     {"again", 200, 0, "", 0, "the same order, by its `Idempotency-Key`, was admitted before, also if it has ended since"},
	alreadyBought:   {"already_bought", 409, 0, "Already bought", purchase.AlreadyBought, "the user already has as many units as the limit allows. It names the order only where buyers are known, or there is no admin token"},
	orderLimit:      {"order_limit", 409, 0, "Order limit reached, ended orders included", purchase.OrderLimit, "the user has had as many orders as are allowed, cancelled and expired ones included"},
	closed:          {"closed", 410, 0, "Closed", purchase.Closed, "by the terms"},
	paused:          {"paused", 503, 1, "Paused", purchase.Paused, "by the terms"},
	notOpen:         {"not_open", 403, 1, "Not open yet", purchase.NotOpen, "by the terms. It says when it opens, and `Retry-After` counts up to that"},
	soldOut:         {"sold_out", 409, 0, "Sold out", purchase.SoldOut, "nothing is left"},
	notEligible:     {"not_eligible", 403, 0, "Not for this buyer", purchase.NotEligible, "the terms name a `group`, and the buyer is not in it"},
	addressLimit:    {"address_limit", 409, 0, "Too many unpaid orders from this address", purchase.AddressLimit, "as many orders of buyers at this address wait for payment as the terms allow (`unpaid_per_address`)"},
	boughtPlaced:    {"placed", 201, 0, "", 0, "no fault can undo it"},
	boughtQueued:    {"queued", 202, 1, "", 0, "admitted, not yet placed: `Location` tells what becomes of it"},
	outcomeUnknown:  {"outcome_unknown", 503, 1, "It is not known whether this was done: ask again, with the same key", 0, "the gate has not answered in time: ask again with the same key, after the second that `Retry-After` names, when no try of this request can act any more"},

	malformed:        {"malformed", 400, 0, "The request cannot be read", 0, ""},
	unauthorized:     {"unauthorized", 401, 0, "Only for operators", 0, ""},
	wrongSignature:   {"wrong_signature", 401, 0, "The signature is wrong, or older than five minutes", 0, ""},
	challengeFailed:  {"challenge_failed", 403, 0, "The challenge was not passed", 0, ""},
	crossOrigin:      {"cross_origin", 403, 0, "Requests from other sites are refused", 0, ""},
	wrongRole:        {"wrong_role", 403, 0, "The role of this token does not allow this", 0, ""},
	methodNotAllowed: {"method_not_allowed", 405, 0, "This method is not allowed here", 0, ""},
	timedOut:         {"timed_out", 408, 0, "The request took too long to arrive", 0, ""},
	termsRefused:     {"terms_refused", 409, 0, "Quantity or limit is below what is already placed or paid", 0, ""},
	changedMeanwhile: {"changed_meanwhile", 409, 0, "Changed by somebody else meanwhile", 0, ""},
	notClosed:        {"not_closed", 409, 0, "Only a closed product can be deleted", 0, ""},
	moneyOwed:        {"money_owed", 409, 0, "A payment is late or has to be refunded", 0, ""},
	paymentNeeded:    {"payment_needed", 409, 0, "An order is paid by a payment: POST /api/payments", 0, ""},
	paymentConflict:  {"payment_conflict", 409, 0, "Another payment has this id", 0, ""},
	notOwed:          {"not_owed", 409, 0, "This payment has nothing to refund", 0, ""},
	orderFinal:       {"order_final", 409, 0, "The order can no longer be changed in this way", 0, ""},
	rehearsalRunning: {"rehearsal_running", 409, 0, "A rehearsal is already running", 0, ""},
	nameTaken:        {"name_taken", 409, 0, "There is already a token with this name", 0, ""},
	noOperators:      {"no_operators", 409, 0, "There is no admin token: everybody is an operator", 0, ""},
	tooLarge:         {"too_large", 413, 0, "The request is larger than 4 KiB", 0, ""},
	notJSON:          {"not_json", 415, 0, "Content-Type must be application/json", 0, ""},
	wrongHost:        {"wrong_host", 421, 0, "This server does not go by that name", 0, ""},
	invalid:          {"invalid", 422, 0, "The request can be read, but something in it is wrong", 0, ""},
	tooManyStreams:   {"too_many_streams", 429, 10, "Too many event streams of this buyer or address", 0, ""},
	headersTooLarge:  {"headers_too_large", 431, 0, "The headers are too large", 0, ""},
	internal:         {"internal", 500, 0, "Unexpected error", 0, ""},
	notJudged:        {"not_judged", 503, 1, "Could not verify", 0, ""},
}

func (k kind) isProblem() bool { return kinds[k].title != "" }

func (k kind) isRefusal() bool { return kinds[k].refuses != 0 }

// answersABuy reports whether a buy of the right form may come to k.
func (k kind) answersABuy() bool { return kinds[k].when != "" }

// kindsThat returns the kinds for which all of these hold, in their order.
func kindsThat(all ...func(kind) bool) (some []kind) {
	for k := range kindCount {
		if !slices.ContainsFunc(all, func(is func(kind) bool) bool { return !is(k) }) {
			some = append(some, k)
		}
	}
	return some
}

// refusals are the kinds by the results that they tell. A result that nobody has
// foreseen is an internal error, and refuses nobody.
var refusals = func() (by [1 << 8]kind) {
	for r := range by {
		by[r] = internal
	}
	for _, k := range kindsThat(kind.isRefusal) {
		by[kinds[k].refuses] = k
	}
	return by
}()

// bodies are the problems that are the same for everybody, ready to be sent.
var bodies = func() (b [kindCount][]byte) {
	for _, k := range kindsThat(kind.isProblem) {
		b[k] = problem(k).body()
	}
	return b
}()

// documentLists writes the closed lists into the OpenAPI document: of problems, of
// answers to a buy, of those that refuse, of rules, and of what the audit looks at.
func documentLists(schemas map[string]*huma.Schema) {
	codes := func(before string, of []kind) (all []any) {
		for _, k := range of {
			all = append(all, before+kinds[k].code)
		}
		return all
	}
	schemas["Problem"].Properties["type"].Enum = codes("/problems/", kindsThat(kind.isProblem))
	schemas["Answer"] = &huma.Schema{Type: "string", Description: "To a buy of the right form, in the order in which it is judged", Enum: codes("", kindsThat(kind.answersABuy))}
	schemas["Refusal"] = &huma.Schema{Type: "string", Description: "An answer that says no, and is no error", Enum: codes("", kindsThat(kind.isRefusal))}
	code := schemas["FieldError"].Properties["code"]
	for _, r := range sale.Rules {
		code.Enum = append(code.Enum, r.Code)
	}
	documentEquations(schemas)
}
