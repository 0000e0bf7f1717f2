package sale

import (
	"fmt"
	"strings"
)

// A Rule is what a field of an input has to be: by a code that stays the same, for
// programs and translations, and in words, where what is particular to the field, as
// a bound, stands for each %v.
type Rule struct{ Code, Words string }

// Rules is every rule.
var Rules []Rule

func rule(code, words string) Rule {
	r := Rule{code, words}
	Rules = append(Rules, r)
	return r
}

// The rules.
var (
	RuleRequired       = rule("required", "is required")
	RuleText           = rule("text", "must be text")
	RuleWhole          = rule("whole", "must be a whole number")
	RuleWholeRange     = rule("whole_range", "must be a whole number from %v to %v")
	RuleRange          = rule("range", "must be %v to %v")
	RuleLimitTo        = rule("limit_to", "must be limit_per_user to %v")
	RulePercent        = rule("percent", "must be %v to %v percent")
	RuleZeroOrRange    = rule("zero_or_range", "must be 0s, or %v to %v")
	RuleDuration       = rule("duration", `must be a duration, like "15m" or "0s"`)
	RuleTime           = rule("time", "must be an RFC 3339 time, from 1970 to 9999, like 2026-11-11T20:00:00+08:00")
	RuleYear           = rule("year", "must be in the years 1 to 9999, UTC")
	RuleAfterOpening   = rule("after_opening", "must be after opens_at")
	RuleName           = rule("name", "must be at most %v characters, without control characters, line breaks or bidirectional overrides")
	RuleID             = rule("id", "must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -")
	RuleUser           = rule("user", "must be 1 to 120 characters of A-Z, a-z, 0-9 and . _ ~ : @ | / + = -")
	RuleArchived       = rule("archived", "is only for a product that is closed")
	RuleNoGroups       = rule("no_groups", "needs buyers who are known (--buyer-auth)")
	RuleNoWindow       = rule("no_window", "needs a payment_window: without one nothing waits for payment")
	RuleUUID           = rule("uuid", "must be a UUID in lower case")
	RuleRole           = rule("role", "must be view, operate or payments")
	RulePayment        = rule("payment", "must be 1 to 120 characters of A-Z, a-z, 0-9, _ and -")
	RuleOtherProduct   = rule("other_product", "is the order of another product")
	RuleEvent          = rule("event", "must be checkout.session.completed or checkout.session.async_payment_succeeded")
	RuleLivemode       = rule("livemode", "must be %v: see --stripe-test")
	RuleReason         = rule("reason", "must be 1 to %v characters, without control characters, line breaks or bidirectional overrides")
	RuleCurrency       = rule("currency", "must be an ISO 4217 currency, like EUR")
	RuleLink           = rule("link", "must be an http or https URL of at most %v ASCII characters, without a user")
	RuleReserved       = rule("reserved", "must not begin with %v")
	RuleOnce           = rule("once", "must be given once")
	RuleOnceFilled     = rule("once_filled", "must be given once, and not be empty")
	RuleSpelling       = rule("spelling", "must be written %v")
	RuleUnknown        = rule("unknown", "is not a field of this request")
	RuleUnknownKey     = rule("unknown_key", "has a key that this request does not know")
	RuleJSON           = rule("json", "must be JSON in UTF-8")
	RuleObject         = rule("object", "must be a JSON object")
	RuleSize           = rule("size", "must be at most %v")
	RuleMediaType      = rule("media_type", "must be %v")
	RuleAbsent         = rule("absent", "must be absent")
	RulePercentEncoded = rule("percent_encoded", "must be percent-encoded")
	RuleKey            = rule("key", "must be given once, with 1 to 255 printable ASCII characters")
	RuleSchema         = rule("schema", "%v") // of the API's document, whatever that is
)

// Of is the error of a field that breaks the rule.
func (r Rule) Of(field string, particulars ...any) FieldError {
	e := FieldError{Field: field, Code: r.Code, Rule: fmt.Sprintf(r.Words, particulars...)}
	for _, p := range particulars {
		e.Args = append(e.Args, fmt.Sprint(p))
	}
	return e
}

// A FieldError says which field of an input broke which rule.
type FieldError struct {
	Field string   `json:"field"`
	Code  string   `json:"code" doc:"The rule, by a name that stays the same"`
	Args  []string `json:"args,omitempty,omitzero" nullable:"false" doc:"What is particular to it, as its bounds, in the order of the words"`
	Rule  string   `json:"rule" doc:"The same in words"`
}

// Invalid is the error of an input that is well-formed and wrong: every field
// that broke a rule, in the order of the fields.
type Invalid []FieldError

// Check adds an error unless ok.
func (e *Invalid) Check(ok bool, field string, r Rule, particulars ...any) {
	if !ok {
		*e = append(*e, r.Of(field, particulars...))
	}
}

func (e Invalid) Error() string {
	rules := make([]string, len(e))
	for i, f := range e {
		rules[i] = f.Field + " " + f.Rule
	}
	return strings.Join(rules, "; ")
}

// OrNil is e as an error, nil if no field broke a rule.
func (e Invalid) OrNil() error {
	if len(e) == 0 {
		return nil
	}
	return e
}
