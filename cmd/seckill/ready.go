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
	AdminToken secret `env:"SECKILL_ADMIN_TOKEN" placeholder:"TOKEN" help:"With which serve tells what is missing; or file:PATH, which holds it."`
}

func (c *readyCmd) Run(ctx context.Context, std streams) error {
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return app.UsageError{Flag: "listen", Rule: fmt.Sprintf("must be host:port, as in localhost:3000, not %q", c.Listen)}
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return err
	}
	if c.AdminToken != "" {
		r.Header.Set("Authorization", "Bearer "+string(c.AdminToken))
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, 4<<10))
	if err = errors.Join(err, answer.Body.Close()); err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %s", body)
	}
	var well struct{ Degraded []string }
	if err := json.Unmarshal(body, &well); err != nil {
		return fmt.Errorf("not /readyz of seckill: %s", body)
	}
	fmt.Fprintln(std.out, strings.Join(append([]string{"ready"}, well.Degraded...), ", without "))
	return nil
}
