package app

import (
	"cmp"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"seckill/internal/auth"
	"seckill/internal/connlimit"
	"seckill/internal/gate/redisgate"
	"seckill/internal/httpapi"
	"seckill/internal/orderlog/kafkalog"
	"seckill/internal/orderstore/pgstore"
)

// Config is what serve is started with.
type Config struct {
	Listen         string          // host:port; port 0 takes a free one
	Sockets        []*os.File      // optional: that of Listen, which a supervisor keeps
	OpsListen      string          // host:port for those who run it; empty: opsListen
	TLSCert        string          // file of the certificate that both addresses speak TLS with; empty: they do without
	TLSKey         string          // file of its key
	Data           string          // the data folder of the embedded mode, made if it is not there
	AdminToken     string          // asked for on operators' routes; empty: nobody is asked
	Insecure       bool            // beyond this machine, believe buyers; without an admin token everybody
	Buyers         BuyerConfig     // how buyers are known
	Challenge      ChallengeConfig // before a pass that buys
	Hosts          []string        // what the server may be called, beside its addresses; empty: anything, where there are operators
	TrustedProxies []string        // addresses or networks of those in front, whose X-Forwarded-For, X-Forwarded-Proto and Buyers.Header are believed
	PaymentSecret  string          // whsec_…, by which payments are signed; empty: none is
	StripeSecret   string          // whsec_…, by which Stripe signs its events; empty: none is taken
	StripeTest     bool            // those of its test mode, and no others
	MaxUnrelayed   int             // admitted orders that may wait for the log
	Rates          Rates           // how much is let through
	Drain          time.Duration   // how long a process that sells goes on after ErrTerminated
	MaxConnections int             // 0: as many as there are files for
	MaxOfAddress   int             // of them; 0: any number

	MaxStreamsOfAddress int // event streams; 0: any number

	Redis, Kafka, Postgres string        // where the servers are: the cluster, if set
	Roles                  []string      // of the cluster's process: RoleAPI, RoleProjector
	Wait                   time.Duration // the cluster's: how long a buyer waits for placed

	MetricsProducts int // how many products have metrics of their own

	Traces      string  // the base URL of a collector of OpenTelemetry; empty: nothing is followed
	TracesRatio float64 // of the buys whose callers do not say whether they are followed

	Pages fs.FS // what Vite built
	Build Build
	Log   *slog.Logger

	LogUsers bool // log user ids, too

	Notify func(state string) // optional: told READY=1 and STOPPING=1, as systemd is
}

// Rates are how much is let through.
type Rates = httpapi.Rates

// A Build is what the program was made from.
type Build struct{ Version, Revision, Go string }

// The roles of a process.
const (
	RoleAPI       = "api"
	RoleProjector = "projector"
)

func (c Config) isCluster() bool { return c.Redis != "" }

func (c Config) sells() bool { return !c.isCluster() || slices.Contains(c.Roles, RoleAPI) }

func (c Config) projects() bool { return !c.isCluster() || slices.Contains(c.Roles, RoleProjector) }

func (c Config) maxConnections() int { return cmp.Or(c.MaxConnections, connlimit.Max()) }

// A UsageError is a flag that breaks a rule.
type UsageError struct{ Flag, Rule string }

func (e UsageError) Error() string { return fmt.Sprintf("--%s %s", e.Flag, e.Rule) }

// hostName is a name that a server may be called.
var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$`)

// noLimit is the rule of a rate.
const noLimit = "must be 0 (no limit) or above"

// minToken is the shortest admin token, in characters, if other machines may
// guess at it.
const minToken = 16

// Check returns a UsageError for the first flag that breaks a rule.
func (c Config) Check() error {
	host, _, _ := net.SplitHostPort(c.Listen)
	opsHost, _, _ := net.SplitHostPort(c.OpsListen)
	switch {
	case !isAddress(c.Listen):
		return UsageError{"listen", fmt.Sprintf("must be host:port, as in localhost:3000, not %q", c.Listen)}
	case !isAddress(c.OpsListen) && c.OpsListen != "":
		return UsageError{"ops-listen", fmt.Sprintf("must be host:port, as in localhost:3001, not %q", c.OpsListen)}
	case c.OpsListen == "" && strings.HasSuffix(c.opsListen(), ":65536"):
		return UsageError{"ops-listen", "must be named: there is no port above that of --listen"}
	case !isLoopback(opsHost) && c.OpsListen != "" && c.AdminToken == "" && !c.Insecure:
		return UsageError{"ops-listen", fmt.Sprintf("%s can be reached from other machines, which would see every profile of the process: give --admin-token TOKEN, or --insecure for that", c.OpsListen)}
	case !isLoopback(host) && c.AdminToken == "" && !c.Insecure:
		return UsageError{"listen", fmt.Sprintf("%s can be reached from other machines: give --admin-token TOKEN and --buyer-auth jwt or header (docs/identity.md), or --insecure to believe everybody, operators too", c.Listen)}
	case !isLoopback(host) && c.AdminToken != "" && utf8.RuneCountInString(c.AdminToken) < minToken:
		return UsageError{"admin-token", fmt.Sprintf("must have at least %d characters where other machines reach %s: openssl rand -hex 16 makes one", minToken, c.Listen)}
	case !isLoopback(host) && c.sells() && !c.Buyers.known() && !c.Insecure:
		return UsageError{"listen", fmt.Sprintf("%s can be reached from other machines: give --buyer-auth jwt or header (docs/identity.md), or --insecure to believe whatever user_id a buyer names", c.Listen)}
	case c.TLSCert == "" && c.TLSKey != "":
		return UsageError{"tls-cert", "is missing: --tls-key needs the certificate that it is of"}
	case c.TLSCert != "" && c.TLSKey == "":
		return UsageError{"tls-key", "is missing: --tls-cert needs its key"}
	case c.Data == "" && !c.isCluster():
		return UsageError{"data", "must name a folder"}
	case c.MaxUnrelayed < 1:
		return UsageError{"max-unrelayed", "must be at least 1"}
	case c.Rates.User < 0:
		return UsageError{"rate", noLimit}
	case c.Rates.Address < 0:
		return UsageError{"rate-address", noLimit}
	case c.Rates.Product < 0:
		return UsageError{"rate-product", noLimit}
	case c.MaxConnections != 0 && (c.MaxConnections < 2 || c.MaxConnections > connlimit.Max()):
		return UsageError{"max-connections", fmt.Sprintf("must be 0 (as many as there are files for) or 2 to %d: this process may open %d files (ulimit -n), and needs some itself", connlimit.Max(), connlimit.Files())}
	case c.MaxOfAddress < 0:
		return UsageError{"max-connections-address", noLimit}
	case c.MaxStreamsOfAddress < 0:
		return UsageError{"max-streams-address", noLimit}
	case slices.ContainsFunc(c.Hosts, func(name string) bool { return !hostName.MatchString(name) }):
		return UsageError{"hosts", "must be names as in sale.shop.example, without https:// and port"}
	case c.MetricsProducts < 0:
		return UsageError{"metrics-products", "must be 0 (none) or above"}
	case c.Traces != "" && !isURL(c.Traces):
		return UsageError{"traces", "must be a URL, as in http://localhost:4318"}
	case !(c.TracesRatio >= 0 && c.TracesRatio <= 1): // also of no number
		return UsageError{"traces-ratio", "must be 0 (none but those whose callers ask for it) to 1 (all)"}
	case c.Drain < 0:
		return UsageError{"drain", "must be 0s (none) or above"}
	}
	if err := c.Buyers.check(); err != nil {
		return err
	}
	if err := c.Challenge.check(c.Buyers.known(), c.Hosts); err != nil {
		return err
	}
	if _, err := c.trusted(); err != nil {
		return err
	}
	if _, err := auth.NewSigned(c.PaymentSecret, time.Now); c.PaymentSecret != "" && err != nil {
		return UsageError{"payment-secret", err.Error()}
	}
	if _, err := auth.NewStripe(c.StripeSecret, time.Now); c.StripeSecret != "" && err != nil {
		return UsageError{"stripe-secret", err.Error()}
	}
	if c.sells() && c.Buyers.known() && c.AdminToken == "" && !c.Insecure { // also on this machine: a proxy in front brings strangers
		return UsageError{"buyer-auth", c.Buyers.Auth + " needs --admin-token TOKEN beside it, or whoever reaches the address is an operator: give one, or --insecure for that"}
	}
	if err := c.checkServers(); err != nil {
		return err
	}
	return c.checkPart()
}

// checkServers holds the rules of the cluster's flags.
func (c Config) checkServers() error {
	servers := []struct{ flag, address string }{{"redis", c.Redis}, {"kafka", c.Kafka}, {"postgres", c.Postgres}}
	given := 0
	for _, s := range servers {
		if s.address != "" {
			given++
		}
	}
	if given == 0 {
		return nil
	}
	for _, s := range servers {
		if s.address == "" {
			return UsageError{s.flag, "is missing: a cluster needs --redis, --kafka and --postgres"}
		}
	}
	if err := redisgate.CheckURL(c.Redis); err != nil {
		return UsageError{"redis", err.Error()}
	}
	if _, err := kafkalog.ParseBrokers(c.Kafka); err != nil {
		return UsageError{"kafka", err.Error()}
	}
	if err := pgstore.CheckURL(c.Postgres); err != nil {
		return UsageError{"postgres", err.Error()}
	}
	return nil
}

// checkPart holds the rules of what one process is for.
func (c Config) checkPart() error {
	for _, r := range c.Roles {
		if r != RoleAPI && r != RoleProjector {
			return UsageError{"roles", fmt.Sprintf("must be of %s and %s, not %q", RoleAPI, RoleProjector, r)}
		}
	}
	if !c.isCluster() {
		if len(c.Roles) == 1 {
			return UsageError{"roles", "is for a cluster: a process with a data folder has both"}
		}
		return nil
	}
	if !c.sells() && !c.projects() {
		return UsageError{"roles", "must name at least one"}
	}
	if c.Wait < 100*time.Millisecond || c.Wait > 30*time.Second {
		return UsageError{"wait", "must be 100ms to 30s"}
	}
	return nil
}

// Open takes the address and, embedded, the data folder. Errors: UsageError,
// ErrInUse, ErrDamaged, or what the system said. In the cluster Run waits for
// the servers.
func Open(cfg Config) (*Program, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	cfg.warn()
	if cfg.isCluster() {
		return openCluster(cfg)
	}
	return openEmbedded(cfg)
}

// signed checks what is signed by the payment secret; nil: there is none.
func (c Config) signed() *auth.Signed {
	signed, err := auth.NewSigned(c.PaymentSecret, time.Now)
	if err != nil { // it has been checked: there is none
		return nil
	}
	return signed
}

// stripe checks the events of Stripe; nil: none is taken.
func (c Config) stripe() *auth.Stripe {
	stripe, err := auth.NewStripe(c.StripeSecret, time.Now)
	if err != nil { // as above
		return nil
	}
	return stripe
}

func isAddress(text string) bool {
	_, port, err := net.SplitHostPort(text)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	return err == nil
}

func isURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// isLoopback reports whether a listen host is reached from this machine only.
func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
