package kafkalog

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl"
)

// Brokers is where a Kafka cluster is reached, and as whom.
type Brokers struct {
	seeds []string // host:port
	tls   *tls.Config
	login sasl.Mechanism // nil: nobody
}

// String is the addresses, without the password.
func (b Brokers) String() string { return strings.Join(b.seeds, ",") }

// Plain returns those that are reached without TLS, each as HOST:PORT.
func (b Brokers) Plain() []string {
	if b.tls != nil {
		return nil
	}
	return b.seeds
}

// ParseBrokers reads HOST:PORT,HOST:PORT or
//
//	kafka://[USER:PASSWORD@]HOST:PORT,HOST:PORT[?tls=true&ca=FILE&cert=FILE&key=FILE&sasl=scram-sha-512&password_file=FILE]
//
// kafkas:// is kafka:// with tls=true. ca is a PEM file of those who may vouch for
// the brokers, in place of the system's; cert and key are the certificate that brokers
// are shown, if they ask for one. sasl is plain, scram-sha-256 or
// scram-sha-512, the default. USER and PASSWORD are percent-encoded as in any URL.
// The files are read here, once; cert and key with each connection, too.
func ParseBrokers(address string) (Brokers, error) {
	scheme, rest, isURL := strings.Cut(address, "://")
	if !isURL {
		return parseSeeds(address)
	}
	if scheme != "kafka" && scheme != "kafkas" {
		return Brokers{}, fmt.Errorf("must be HOST:PORT,… or kafka://… or kafkas://…, not %s://…", scheme)
	}
	rest, query, _ := strings.Cut(rest, "?")
	login, hosts := "", rest
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		login, hosts = rest[:at], rest[at+1:]
	}
	b, err := parseSeeds(strings.TrimSuffix(hosts, "/"))
	if err != nil {
		return Brokers{}, err
	}
	settings, err := parseSettings(query)
	if err != nil {
		return Brokers{}, err
	}
	if b.tls, err = parseTLS(scheme == "kafkas", settings); err != nil {
		return Brokers{}, err
	}
	b.login, err = parseLogin(login, settings)
	return b, err
}

func parseSeeds(hosts string) (Brokers, error) {
	seeds := strings.Split(hosts, ",")
	for _, seed := range seeds {
		host, port, err := net.SplitHostPort(seed)
		if err != nil || host == "" || port == "" {
			return Brokers{}, fmt.Errorf("must name each broker as HOST:PORT, not %q", seed)
		}
	}
	return Brokers{seeds: seeds}, nil
}

func parseSettings(query string) (url.Values, error) {
	settings, err := url.ParseQuery(query)
	if err != nil {
		return nil, errors.New("has a query that is none") // err would show what may be a secret
	}
	for name, values := range settings {
		if !slices.Contains([]string{"tls", "ca", "cert", "key", "sasl", "password_file"}, name) || len(values) != 1 {
			return nil, fmt.Errorf("has the setting %q, which must be one of tls, ca, cert, key, sasl, password_file, once", name)
		}
	}
	return settings, nil
}

func (b Brokers) options() []kgo.Opt {
	options := []kgo.Opt{kgo.SeedBrokers(b.seeds...)}
	if b.tls != nil {
		options = append(options, kgo.DialTLSConfig(b.tls.Clone()))
	}
	if b.login != nil {
		options = append(options, kgo.SASL(b.login))
	}
	return options
}
