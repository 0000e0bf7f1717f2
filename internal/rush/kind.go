package rush

// Kind is how a buyer ended.
type Kind uint8

// The kinds. The first eight are right answers: the buyer knows where they
// stand. The others are errors: nobody told this buyer yes or no. 429 and 503
// are among them, however politely they ask to come again, since a sale that
// turns buyers away unanswered has not served them.
const (
	Placed        Kind = iota // 201, 200, or a 202 that became an order
	SoldOut                   // 409 sold_out
	AlreadyBought             // 409 already_bought
	OrderLimit                // 409 order_limit
	NotOpen                   // 403 not_open
	Closed                    // 410 closed
	Paused                    // 503 paused
	Rejected                  // a 202 that became no order
	RateLimited               // 429
	Unavailable               // 503 but paused
	Queued                    // a 202 that was still queued after Config.Follow
	NoAnswer                  // refused, cut, timed out
	Unexpected                // anything else: 404, 422, 500, no HTTP
	kinds
)

var kindNames = [kinds]string{
	"placed", "sold_out", "already_bought", "order_limit", "not_open", "closed", "paused", "rejected",
	"rate_limited", "unavailable", "queued", "no_answer", "unexpected",
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
func (k Kind) String() string { return kindNames[k] }

// MarshalText is String, so that a Kind is its name in JSON, also as a key.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText is the inverse of MarshalText.
func (k *Kind) UnmarshalText(text []byte) error {
	for i, name := range kindNames {
		if name == string(text) {
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
	case 409:
		switch problemOf(a.body) {
		case "sold_out":
			return SoldOut
		case "already_bought":
			return AlreadyBought
		case "order_limit":
			return OrderLimit
		}
	case 403:
		if problemOf(a.body) == "not_open" {
			return NotOpen
		}
	case 410:
		if problemOf(a.body) == "closed" {
			return Closed
		}
	case 503:
		if problemOf(a.body) == "paused" {
			return Paused
		}
		return Unavailable
	}
	return Unexpected
}
