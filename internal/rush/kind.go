package rush

// Kind is how a buyer ended.
type Kind uint8

// The kinds. Those up to Rejected are right answers: the buyer knows where they
// stand. The others are errors: nobody told this buyer yes or no. 429 and 503
// are among them, however politely they ask to come again, since a sale that
// turns buyers away unanswered has not served them.
const (
	Placed Kind = iota // 201, 200, or a 202 that became an order
	SoldOut
	AlreadyBought
	OrderLimit
	NotEligible
	AddressLimit
	NotOpen
	Closed
	Paused
	Rejected        // a 202 that became no order
	RateLimited     // 429
	Unavailable     // 503 but paused
	Unauthenticated // 401
	NotYou          // 403
	PassRequired    // 401, of a challenge
	Queued          // a 202 that was still queued after Config.Follow
	NoAnswer        // refused, cut, timed out
	Unexpected      // anything else: 404, 422, 500, no HTTP
	kinds
)

// table is the kinds by their names, and the status with which the problem of that
// name says that it is one; 0: that is told in another way. The answers of the API's
// document are there, by a test.
var table = [kinds]struct {
	name   string
	status int
}{
	Placed:          {"placed", 0},
	SoldOut:         {"sold_out", 409},
	AlreadyBought:   {"already_bought", 409},
	OrderLimit:      {"order_limit", 409},
	NotEligible:     {"not_eligible", 403},
	AddressLimit:    {"address_limit", 409},
	NotOpen:         {"not_open", 403},
	Closed:          {"closed", 410},
	Paused:          {"paused", 503},
	Rejected:        {"rejected", 0},
	RateLimited:     {"rate_limited", 0},
	Unavailable:     {"unavailable", 0},
	Unauthenticated: {"unauthenticated", 401},
	NotYou:          {"not_you", 403},
	PassRequired:    {"pass_required", 401},
	Queued:          {"queued", 0},
	NoAnswer:        {"no_answer", 0},
	Unexpected:      {"unexpected", 0},
}

// Kinds is every kind, in the order of reports.
func Kinds() []Kind {
	all := make([]Kind, kinds)
	for i := range all {
		all[i] = Kind(i)
	}
	return all
}

// String is the name in reports: "sold_out".
func (k Kind) String() string { return table[k].name }

// MarshalText is String, so that a Kind is its name in JSON, also as a key.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText is the inverse of MarshalText.
func (k *Kind) UnmarshalText(text []byte) error {
	for i := range table {
		if table[i].name == string(text) {
			*k = Kind(i)
			return nil
		}
	}
	return &Invalid{"kind", "is not " + string(text)}
}

// Right reports whether the buyer got an answer to their question.
func (k Kind) Right() bool { return k <= Rejected }

// kindOf judges an answer to a buy. A 202 is not an end and is not asked about.
func kindOf(a *answer) Kind {
	switch a.status {
	case 201, 200:
		return Placed
	case 429:
		return RateLimited
	}
	problem := problemOf(a.body)
	for k := range table {
		if t := &table[k]; t.status == a.status && t.name == string(problem) {
			return Kind(k)
		}
	}
	if a.status == 503 {
		return Unavailable
	}
	return Unexpected
}
