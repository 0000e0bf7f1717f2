package rush

import (
	"crypto/tls"
	"fmt"
	"net/url"
	"regexp"
	"time"
)

// The bounds of a rush.
const (
	MaxBuyers      = 1_000_000
	MaxConnections = 25_000    // one address has some 28,000 local ports for one server
	MaxOver        = time.Hour // a rush is a burst; it also keeps i*over within 63 bits
)

// Config says what to send. The zero value of every field but URL, Product and
// Buyers has a meaning.
type Config struct {
	URL            string             // where the server is, e.g. http://localhost:3000
	TLS            *tls.Config        // how an https URL is asked; nil: its certificate is checked by the system's authorities
	Product        string             // the id of the product that everybody wants
	Buyers         int                // 1 to MaxBuyers, each another user
	Over           time.Duration      // their moments are spread evenly over this; 0: closed loop, as fast as Connections allow
	Connections    int                // how many at once at most; 0: DefaultConnections
	NewConnections bool               // every buyer opens a connection of their own, and closes it
	Seed           uint64             // the same seed makes the same user ids
	Timeout        time.Duration      // how long one request may go unanswered; 0: 30 s
	Follow         time.Duration      // how long a 202 is followed before it counts as Queued; 0: 30 s
	Every          time.Duration      // between two calls of Progress; 0: 1 s
	RepeatClickers int                // percent of the buyers, each of whom clicks again
	Pay            bool               // who is placed pays, as a payment window asks for
	Quitters       int                // percent of the buyers, who never pay; with Pay
	Credentials    Credentials        // of the buyers; nil: user ids by Seed, and no proof of them
	From           func(i int) string // with Credentials, the address of buyer i, as a proxy tells it that the server trusts; nil: none is told
	Payments       bool               // who is placed pays at a shop, which tells of it; some cancel, pay late or pay twice
	PaymentSecret  string             // whsec_…, which signs what the shop tells; empty: Token authorizes it
	Token          string             // what paying is authorized by, as a bearer token; empty: nothing is asked for
}

// Credentials are who buyer i is, 0 to Config.Buyers - 1, and what proves it, as a bearer token.
type Credentials func(i int) (user, pass string)

// DefaultConnections is enough that a server which answers in 10 ms can be
// asked 25,000 times a second.
const DefaultConnections = 256

func (c Config) withDefaults() Config {
	orElse := func(d *time.Duration, otherwise time.Duration) {
		if *d == 0 {
			*d = otherwise
		}
	}
	if c.Connections == 0 {
		c.Connections = DefaultConnections
	}
	orElse(&c.Timeout, 30*time.Second)
	orElse(&c.Follow, 30*time.Second)
	orElse(&c.Every, time.Second)
	return c
}

// Invalid is a Config that breaks a rule.
type Invalid struct {
	Field string // as a flag is spelled, e.g. "new-connections"
	Rule  string
}

func (e *Invalid) Error() string { return e.Field + " " + e.Rule }

var productID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// Validate returns an [*Invalid] for the first rule that c breaks.
func (c Config) Validate() error {
	u, err := url.Parse(c.URL)
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https"):
		return &Invalid{"url", fmt.Sprintf("must be like http://localhost:3000, not %q", c.URL)}
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return &Invalid{"url", "must be without user, query and fragment"}
	case !productID.MatchString(c.Product):
		return &Invalid{"product", fmt.Sprintf("must be 1 to 64 characters of A-Z a-z 0-9 _ -, not %q", c.Product)}
	case c.Buyers < 1 || c.Buyers > MaxBuyers:
		return &Invalid{"buyers", fmt.Sprintf("must be 1 to 1,000,000, not %d", c.Buyers)}
	case c.Over < 0 || c.Over > MaxOver:
		return &Invalid{"over", fmt.Sprintf("must be 0s to 1h, not %v", c.Over)}
	case c.Connections < 0 || c.Connections > MaxConnections:
		return &Invalid{"connections", fmt.Sprintf("must be 1 to 25,000, not %d", c.Connections)}
	case c.Timeout < 0:
		return &Invalid{"timeout", "must not be negative"}
	case c.Follow < 0:
		return &Invalid{"follow", "must not be negative"}
	case c.Every < 0:
		return &Invalid{"every", "must not be negative"}
	case c.RepeatClickers < 0 || c.RepeatClickers > 100:
		return &Invalid{"repeat-clickers", fmt.Sprintf("must be 0 to 100 percent, not %d", c.RepeatClickers)}
	case !c.canSign():
		return &Invalid{"payment-secret", "must be whsec_ and base64"}
	case c.Quitters < 0 || c.Quitters > 100:
		return &Invalid{"quitters", fmt.Sprintf("must be 0 to 100 percent, not %d", c.Quitters)}
	}
	return nil
}

// moment is when buyer i is to be sent, counted from the start of the rush.
func (c Config) moment(i int) time.Duration {
	return time.Duration(int64(i) * int64(c.Over) / int64(c.Buyers))
}

// due is how many buyers have had their moment when elapsed has passed.
func (c Config) due(elapsed time.Duration) int {
	if elapsed >= c.Over {
		return c.Buyers
	}
	// By the float it may be one off either way; moment has the last word.
	n := int(float64(elapsed) / float64(c.Over) * float64(c.Buyers))
	for n > 0 && c.moment(n-1) > elapsed {
		n--
	}
	for n < c.Buyers && c.moment(n) <= elapsed {
		n++
	}
	return n
}
