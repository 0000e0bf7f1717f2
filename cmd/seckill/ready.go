package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"seckill/internal/app"
)

// readyCmd is for containers: the image has nothing else that could ask.
type readyCmd struct {
	Listen     string `default:"localhost:3000" env:"SECKILL_LISTEN" placeholder:"HOST:PORT" help:"Where serve listens (${default})."`
	TLSCert    string `name:"tls-cert" env:"SECKILL_TLS_CERT" placeholder:"FILE" help:"The certificate of serve, if it has one: it is then asked over TLS."`
	AdminToken secret `env:"SECKILL_ADMIN_TOKEN" placeholder:"TOKEN" help:"The token with which serve says what is missing; or file:PATH, which holds it."`
}

func (c *readyCmd) Run(ctx context.Context, std streams) error {
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return app.UsageError{Flag: "listen", Rule: fmt.Sprintf("must be host:port, as in localhost:3000, not %q", c.Listen)}
	}
	degraded, err := askReady(ctx, site(host, port, c.TLSCert != ""), string(c.AdminToken))
	if err != nil {
		return err
	}
	fmt.Fprintln(std.out, strings.Join(append([]string{"ready"}, degraded...), ", without "))
	return nil
}

// askReady asks a sale whether it is, and what it is without: an operator is told.
func askReady(ctx context.Context, site, token string) (degraded []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, site+"/readyz", nil)
	if err != nil {
		return nil, err
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := app.Own.Do(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, 4<<10))
	if err = errors.Join(err, answer.Body.Close()); err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("not ready: %s", body)
	}
	var well struct{ Degraded []string }
	if err := json.Unmarshal(body, &well); err != nil {
		return nil, fmt.Errorf("not /readyz of seckill: %s", body)
	}
	return well.Degraded, nil
}

// site is the address of a sale on this machine, by where it listens.
func site(host, port string, overTLS bool) string {
	if ip := net.ParseIP(host); host == "" || ip.IsUnspecified() || ip.Equal(net.IPv4(127, 0, 0, 1)) || ip.Equal(net.IPv6loopback) {
		host = "localhost"
	}
	if overTLS {
		return "https://" + net.JoinHostPort(host, port)
	}
	return "http://" + net.JoinHostPort(host, port)
}
