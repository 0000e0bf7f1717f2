package app

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"time"

	"seckill/internal/gate/redisgate"
	"seckill/internal/orderlog/kafkalog"
	"seckill/internal/orderstore/pgstore"
	"seckill/internal/tlspair"
)

// pair reads the certificate and the key; nil: there is none.
func (c Config) pair() (*tlspair.Pair, error) {
	if c.TLSCert == "" {
		return nil, nil
	}
	pair, err := tlspair.Open(c.TLSCert, c.TLSKey, time.Now, c.Log)
	if wrong, ok := errors.AsType[tlspair.Wrong](err); ok {
		flag := "tls-cert"
		if wrong.Key {
			flag = "tls-key"
		}
		err = UsageError{flag, wrong.Rule}
	}
	return pair, err
}

// overTLS is ln, or the same over TLS if there is a pair.
func (p *Program) overTLS(ln net.Listener) net.Listener {
	if p.pair == nil {
		return ln
	}
	return p.pair.Listener(ln)
}

// ownTLS is how this process asks itself; nil: without TLS.
func (p *Program) ownTLS() *tls.Config {
	if p.pair == nil {
		return nil
	}
	return tlspair.Own()
}

// scheme is that of the address.
func scheme(overTLS bool) string {
	if overTLS {
		return "https://"
	}
	return "http://"
}

// warnOfPlain names each flag by which a server on another machine is reached without TLS.
func (c Config) warnOfPlain() {
	brokers, _ := kafkalog.ParseBrokers(c.Kafka) // it has been checked
	for _, s := range []struct {
		flag, instead string
		plain         []string
	}{
		{"redis", "rediss://", redisgate.Plain(c.Redis)},
		{"kafka", "kafkas://", brokers.Plain()},
		{"postgres", "sslmode=verify-full", pgstore.Plain(c.Postgres)},
	} {
		elsewhere := slices.DeleteFunc(s.plain, func(at string) bool {
			host, _, err := net.SplitHostPort(at)
			return err != nil || isLoopback(host)
		})
		if len(elsewhere) > 0 {
			c.Log.Warn(fmt.Sprintf("--%s leads to another machine without TLS: whoever is on the way reads and changes orders, and the password. Give %s", s.flag, s.instead), "addresses", elsewhere)
		}
	}
}

// Own asks a server of this machine, whatever name its certificate has.
var Own = &http.Client{Transport: &http.Transport{TLSClientConfig: tlspair.Own(), Proxy: http.ProxyFromEnvironment}}
