package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/coreos/go-systemd/v22/activation"
	"github.com/coreos/go-systemd/v22/daemon"

	"seckill/internal/app"
	"seckill/ui"
)

// folderFlags say where a sale is kept.
type folderFlags struct {
	Data string `default:"./data" env:"SECKILL_DATA" placeholder:"FOLDER" help:"The folder that holds the sale (${default})."`
}

// clusterFlags say where a sale is kept that has more than one machine.
type clusterFlags struct {
	Redis    secret `env:"SECKILL_REDIS" placeholder:"URL" group:"Cluster" help:"redis:// or rediss://USER:PASSWORD@HOST:PORT/DB, with ?ca=FILE&cert=FILE&key=FILE. Like the other two, it may be file:PATH, which holds it."`
	Kafka    secret `env:"SECKILL_KAFKA" placeholder:"HOST:PORT,..." group:"Cluster" help:"Brokers; or kafka:// or kafkas://USER:PASSWORD@HOST:PORT,..., with ?sasl=scram-sha-512&ca=FILE&cert=FILE&key=FILE."`
	Postgres secret `env:"SECKILL_POSTGRES" placeholder:"URL" group:"Cluster" help:"postgres://USER:PASSWORD@HOST:PORT/DB, with ?sslmode=verify-full&sslrootcert=FILE."`
}

func (f *clusterFlags) isCluster() bool { return f.Redis != "" || f.Kafka != "" || f.Postgres != "" }

// A secret is a flag's value, or file:PATH, which holds it: a password is no
// business of whoever lists the processes.
type secret string

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *secret) UnmarshalText(text []byte) error {
	path, inFile := strings.CutPrefix(string(text), "file:")
	if inFile {
		var err error
		if text, err = os.ReadFile(path); err != nil {
			return err
		}
	}
	*s = secret(strings.TrimSpace(string(text)))
	switch {
	case *s == "" && inFile:
		return fmt.Errorf("%s is empty", path)
	case *s == "" && len(text) > 0: // it would count as none
		return errors.New("is blank")
	}
	return nil
}

// buyerFlags say how buyers are known.
type buyerFlags struct {
	BuyerAuth         string        `default:"body" env:"SECKILL_BUYER_AUTH" placeholder:"body|jwt|header" group:"Buyers" help:"How buyers are known: body believes the user_id of a request, jwt checks a token of the shop's login, header believes a proxy in front (${default})."`
	BuyerKeys         string        `env:"SECKILL_BUYER_KEYS" placeholder:"file:PATH|URL" group:"Buyers" help:"jwt: the shop's keys, a JWK set, in a file or at an https URL."`
	BuyerIssuer       string        `env:"SECKILL_BUYER_ISSUER" placeholder:"ISS" group:"Buyers" help:"jwt: the iss of the shop's tokens."`
	BuyerAudience     string        `env:"SECKILL_BUYER_AUDIENCE" placeholder:"AUD" group:"Buyers" help:"jwt: the aud of the shop's tokens."`
	BuyerHeader       string        `env:"SECKILL_BUYER_HEADER" placeholder:"X-User-Id" group:"Buyers" help:"header: the one in which the proxy names the user."`
	BuyerGroupsHeader string        `env:"SECKILL_BUYER_GROUPS_HEADER" placeholder:"X-Groups" group:"Buyers" help:"header: the one in which it names their groups, separated by commas."`
	PassLife          time.Duration `default:"2h" env:"SECKILL_PASS_LIFE" placeholder:"2h" group:"Buyers" help:"How long a buyer's pass of POST /api/pass is valid at most (${default})."`
}

// challengeFlags say what stands before a pass that buys.
type challengeFlags struct {
	Challenge        string   `env:"SECKILL_CHALLENGE" placeholder:"turnstile|URL" group:"Challenge" help:"A pass buys only if its buyer has passed a challenge, of Cloudflare Turnstile or of another provider that checks tokens in the same form at an https URL."`
	ChallengeSecret  secret   `env:"SECKILL_CHALLENGE_SECRET" placeholder:"file:PATH" group:"Challenge" help:"The secret of the site key, or what file:PATH holds."`
	ChallengeSiteKey string   `env:"SECKILL_CHALLENGE_SITE_KEY" placeholder:"KEY" group:"Challenge" help:"The site key: the buyer's page shows Turnstile's widget. Without it a page of the shop does."`
	ChallengeHosts   []string `env:"SECKILL_CHALLENGE_HOSTS" placeholder:"NAME,..." group:"Challenge" help:"The hosts of the pages that show it (default: --hosts)."`
	ChallengeOutage  string   `default:"closed" env:"SECKILL_CHALLENGE_OUTAGE" placeholder:"closed|open" group:"Challenge" help:"While the provider does not answer: closed, no pass that buys is made; open, it is made without a challenge (${default})."`
}

func (f *challengeFlags) challenge() app.ChallengeConfig {
	return app.ChallengeConfig{
		Provider: f.Challenge, Secret: string(f.ChallengeSecret), SiteKey: f.ChallengeSiteKey, Hosts: f.ChallengeHosts, Outage: f.ChallengeOutage,
	}
}

type serveCmd struct {
	folderFlags
	clusterFlags
	buyerFlags
	challengeFlags
	logFlags
	Roles           []string      `default:"api,projector" env:"SECKILL_ROLES" placeholder:"api,projector" group:"Cluster" help:"What this process does (${default})."`
	Wait            time.Duration `default:"2s" env:"SECKILL_WAIT" placeholder:"2s" group:"Cluster" help:"How long a buyer waits for placed before the answer is 202 queued (${default})."`
	Listen          string        `default:"localhost:3000" env:"SECKILL_LISTEN" placeholder:"HOST:PORT" help:"Where to listen; port 0 takes a free one (${default})."`
	OpsListen       string        `env:"SECKILL_OPS_LISTEN" placeholder:"HOST:PORT" help:"A second address, for those who run it: /metrics, /readyz with details, POST /verify, and with the admin token /debug/pprof/. Not needed if --listen is on this machine, which then has all of them. Otherwise localhost, one port higher."`
	TLSCert         string        `name:"tls-cert" env:"SECKILL_TLS_CERT" placeholder:"FILE" help:"Speak TLS at both addresses, with this certificate and those between it and its authority, as PEM. It is read again when it changes."`
	TLSKey          string        `name:"tls-key" env:"SECKILL_TLS_KEY" placeholder:"FILE" help:"Its key, as PEM."`
	AdminToken      secret        `env:"SECKILL_ADMIN_TOKEN" placeholder:"TOKEN" help:"Ask operators for this token, or for what file:PATH holds. Required if other machines reach --listen, with 16 characters or more; or --insecure."`
	PaymentSecret   secret        `env:"SECKILL_PAYMENT_SECRET" placeholder:"file:PATH" help:"Accept payments that are signed with this whsec_ secret, as in Standard Webhooks; or with what file:PATH holds."`
	StripeSecret    secret        `env:"SECKILL_STRIPE_SECRET" placeholder:"file:PATH" help:"Accept Stripe's events at /api/payments/stripe, signed with this secret of the endpoint at Stripe, or with what file:PATH holds."`
	StripeTest      bool          `env:"SECKILL_STRIPE_TEST" help:"Accept events of Stripe's test mode, and no others."`
	Insecure        bool          `env:"SECKILL_INSECURE" help:"Let other machines in without proof: believe any user_id and, without --admin-token, let anybody run the sale."`
	Hosts           []string      `env:"SECKILL_HOSTS" placeholder:"NAME,..." help:"The host names of the server, besides its addresses and localhost: requests for other names are refused (default: anything, with --admin-token beyond this machine)."`
	TrustedProxies  []string      `env:"SECKILL_TRUSTED_PROXIES" placeholder:"CIDR,..." help:"The addresses from which your proxies connect: their X-Forwarded-For, X-Forwarded-Proto and --buyer-header are believed."`
	MaxUnrelayed    int           `default:"100000" env:"SECKILL_MAX_UNRELAYED" placeholder:"N" help:"How many admitted orders may wait for the log before buyers are asked to come back (${default})."`
	Rate            float64       `default:"0" env:"SECKILL_RATE" placeholder:"N" help:"Buys a second of one user, or of one address if users are not proven; 0 is no limit (${default})."`
	RateAddress     float64       `default:"0" env:"SECKILL_RATE_ADDRESS" placeholder:"N" help:"Requests a second of one address, or IPv6 network of 64 bits, to the API; 0 is no limit (${default})."`
	RateProduct     float64       `default:"0" env:"SECKILL_RATE_PRODUCT" placeholder:"N" help:"Buys a second of one product that this process lets ask its gate; 0 is no limit (${default})."`
	MaxConnections  int           `default:"0" env:"SECKILL_MAX_CONNECTIONS" placeholder:"N" help:"How many connections at most; beyond that the one that has been idle longest is closed for a new one. 0: as many as the limit of open files allows (${default})."`
	MaxOfAddress    int           `name:"max-connections-address" default:"0" env:"SECKILL_MAX_CONNECTIONS_ADDRESS" placeholder:"N" help:"How many of them one address may have, or IPv6 network of 64 bits, but for --trusted-proxies and this machine; 0 is no limit (${default})."`
	MaxStreams      int           `name:"max-streams-address" default:"0" env:"SECKILL_MAX_STREAMS_ADDRESS" placeholder:"N" help:"How many event streams one address may have, or IPv6 network of 64 bits, but for this machine; 0 is no limit (${default}). All have half of the connections at most."`
	LogUsers        bool          `env:"SECKILL_LOG_USERS" help:"Also log user ids, in the lines of buys."`
	MetricsProducts int           `default:"0" env:"SECKILL_METRICS_PRODUCTS" placeholder:"N" help:"How many products /metrics shows one by one, the first by id (${default})."`
	Traces          string        `env:"SECKILL_TRACES" placeholder:"URL" help:"Send traces of some buys to this collector of OpenTelemetry, by OTLP over HTTP: http://localhost:4318."`
	TracesRatio     float64       `default:"0.01" env:"SECKILL_TRACES_RATIO" placeholder:"N" help:"Of how many buys, 0 to 1, where their callers do not say it by traceparent (${default})."`
	Drain           time.Duration `default:"5s" env:"SECKILL_DRAIN" placeholder:"5s" help:"How long to accept new connections after SIGTERM, while /readyz already fails (${default}). Ctrl-C does not wait."`
}

func (f *buyerFlags) buyers() app.BuyerConfig {
	return app.BuyerConfig{
		Auth: f.BuyerAuth, Keys: f.BuyerKeys, Issuer: f.BuyerIssuer, Audience: f.BuyerAudience,
		Header: f.BuyerHeader, GroupsHeader: f.BuyerGroupsHeader, PassLife: f.PassLife,
	}
}

func (c *serveCmd) Run(ctx context.Context, std streams) error { return c.serve(ctx, std, nil) }

// serve runs a sale, and begins what goes on beside it, if anything does, at its address.
func (c *serveCmd) serve(ctx context.Context, std streams, beside func(ctx context.Context, site string)) error {
	signal.Ignore(syscall.SIGPIPE) // whoever reads the log may go: that ends no sale
	p, err := app.Open(app.Config{
		Listen: c.Listen, Sockets: activation.Files(true), OpsListen: c.OpsListen, Data: c.Data, AdminToken: string(c.AdminToken), PaymentSecret: string(c.PaymentSecret), StripeSecret: string(c.StripeSecret), StripeTest: c.StripeTest, Insecure: c.Insecure,
		TLSCert: c.TLSCert, TLSKey: c.TLSKey,
		MaxUnrelayed: c.MaxUnrelayed, Rates: app.Rates{User: c.Rate, Address: c.RateAddress, Product: c.RateProduct}, MaxConnections: c.MaxConnections, MaxOfAddress: c.MaxOfAddress, MaxStreamsOfAddress: c.MaxStreams, Drain: c.Drain, Buyers: c.buyers(), Challenge: c.challenge(), TrustedProxies: c.TrustedProxies, Hosts: c.Hosts,
		Redis: string(c.Redis), Kafka: string(c.Kafka), Postgres: string(c.Postgres), Roles: c.Roles, Wait: c.Wait,
		MetricsProducts: c.MetricsProducts, Traces: c.Traces, TracesRatio: c.TracesRatio, Pages: ui.FS(), Build: build(), LogUsers: c.LogUsers, Log: c.logger(std.err),
		Notify: func(state string) { _, _ = daemon.SdNotify(false, state) }, // if nobody asked to be told, nothing
	})
	if err != nil {
		return err
	}
	if slices.Contains(c.Roles, app.RoleAPI) {
		host, port, _ := net.SplitHostPort(p.Addr().String())
		at := site(host, port, c.TLSCert != "")
		welcome(std.out, at, c.place())
		if beside != nil {
			go beside(ctx, at)
		}
	}
	err = errors.Join(p.Run(ctx), p.Close())
	if err == nil {
		fmt.Fprintln(std.out, "Stopped. Every order is kept.")
	}
	return err
}

// place is where the sale is kept, in words.
func (c *serveCmd) place() string {
	if c.isCluster() {
		return "Redis, Kafka and Postgres, as soon as they answer"
	}
	return c.Data
}

// welcome says where to click.
func welcome(w io.Writer, site, place string) {
	fmt.Fprintf(w, `seckill sells from %s. Ctrl-C stops it.

  Console   %[2]s/
  Orders    %[2]s/order/1
  To buy    %[2]s/buy/1

`, place, site)
	if !ui.Built() {
		fmt.Fprintln(w, "  The pages are not built: install Node 20.19 or later and run 'make build'. The API works without them.")
	}
}
