package kafkalog

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"seckill/internal/tlspair"
)

func parseTLS(on bool, settings url.Values) (*tls.Config, error) {
	switch v := settings.Get("tls"); {
	case v == "true":
		on = true
	case v == "false" && on:
		return nil, errors.New("contradicts kafkas:// with tls=false")
	case v != "" && v != "false":
		return nil, fmt.Errorf("has tls=%q, which must be true or false", v)
	}
	var config *tls.Config
	if on {
		config = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if err := tlspair.Client(config, settings.Get("ca"), settings.Get("cert"), settings.Get("key")); err != nil {
		return nil, fmt.Errorf("has %w", err)
	}
	return config, nil
}

func parseLogin(login string, settings url.Values) (sasl.Mechanism, error) {
	user, password, given := strings.Cut(login, ":")
	user, errUser := url.PathUnescape(user)
	password, errPassword := url.PathUnescape(password)
	if errUser != nil || errPassword != nil {
		return nil, errors.New("has a user or a password that is not percent-encoded")
	}
	if file := settings.Get("password_file"); file != "" {
		secret, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("names a password_file that cannot be read: %w", err)
		}
		if given {
			return nil, errors.New("has a password and a password_file")
		}
		password = strings.TrimRight(string(secret), "\r\n")
	}
	kind := settings.Get("sasl")
	if user == "" {
		if kind != "" || password != "" {
			return nil, errors.New("needs a user for its sasl or password")
		}
		return nil, nil
	}
	if password == "" {
		return nil, errors.New("needs a password for its user")
	}
	switch kind {
	case "plain":
		return plain.Auth{User: user, Pass: password}.AsMechanism(), nil
	case "scram-sha-256":
		return scram.Auth{User: user, Pass: password}.AsSha256Mechanism(), nil
	case "", "scram-sha-512":
		return scram.Auth{User: user, Pass: password}.AsSha512Mechanism(), nil
	}
	return nil, fmt.Errorf("has sasl=%q, which must be plain, scram-sha-256 or scram-sha-512", kind)
}
