package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"seckill/internal/app"
	"seckill/internal/rush"
)

type rushCmd struct {
	URL            string        `default:"http://localhost:3000" env:"SECKILL_URL" placeholder:"URL" help:"Where the sale is (${default})."`
	Product        string        `required:"" env:"SECKILL_PRODUCT" placeholder:"ID" help:"The product that everybody wants."`
	Buyers         int           `default:"10000" env:"SECKILL_BUYERS" placeholder:"N" help:"How many buyers, each a different user; up to 1,000,000 (${default})."`
	Over           time.Duration `default:"5s" env:"SECKILL_OVER" placeholder:"TIME" help:"The time over which they come, evenly; latency counts from when each was to come. 0s: each connection sends its next buyer when it has its answer (${default})."`
	Connections    int           `default:"256" env:"SECKILL_CONNECTIONS" placeholder:"N" help:"How many at a time at most; further buyers wait, and that counts as latency (${default})."`
	NewConnections bool          `env:"SECKILL_NEW_CONNECTIONS" help:"Every buyer opens and closes a connection of their own."`
	Passes         string        `env:"SECKILL_PASSES" placeholder:"FILE" help:"The buyers and their passes: lines of user,pass, as seckill pass --count writes them."`
	Payments       bool          `env:"SECKILL_PAYMENTS" help:"Buyers who get a unit pay at a simulated shop, which reports it: 10 % cancel instead, 5 % pay when the payment window has passed, 2 % pay twice. The product needs a price and a payment window."`
	PaymentSecret  secret        `env:"SECKILL_PAYMENT_SECRET" placeholder:"whsec_..." help:"The secret that signs --payments, or file:PATH, which holds it."`
	Token          secret        `env:"SECKILL_TOKEN" placeholder:"TOKEN" help:"A token of the role payments for --payments instead, or file:PATH."`
	Seed           *uint64       `env:"SECKILL_SEED" placeholder:"N" help:"Use the same user ids again (default: random, and printed)."`
	JSON           string        `name:"json" env:"SECKILL_JSON" placeholder:"FILE" help:"Write the report as JSON. -: to standard output, and the table to standard error."`
	HTML           string        `name:"html" env:"SECKILL_HTML" placeholder:"FILE" help:"Write the report as a page that needs no network. -: to standard output, likewise."`
}

// Help is shown below the flags' own.
func (c *rushCmd) Help() string {
	return `Every buyer ends in one answer. Right answers: placed, sold out, already bought, order limit, not open, closed, paused, rejected.
Errors: 429, 503 (but paused), still queued after 30 s, no answer within 30 s, anything else.

Exit code 0: every buyer got a right answer; 1: one did not, or could not pay, or the rush could not start; 64: wrong usage;
130: interrupted with Ctrl-C, after the report of what was.`
}

// Validate is called by kong, which makes its error one of wrong usage.
func (c *rushCmd) Validate() error {
	if c.JSON == "-" && c.HTML == "-" {
		return errors.New("--json and --html cannot both be -")
	}
	if c.Connections == 0 { // which rush.Config takes for its default
		return errors.New("--connections must be 1 to 25,000, not 0")
	}
	var invalid *rush.Invalid
	if err := c.config().Validate(); errors.As(err, &invalid) {
		return fmt.Errorf("--%s %s", invalid.Field, invalid.Rule)
	} else if err != nil {
		return err
	}
	return nil
}

func (c *rushCmd) config() rush.Config {
	config := rush.Config{
		URL: c.URL, Product: c.Product, Buyers: c.Buyers, Over: c.Over,
		Connections: c.Connections, NewConnections: c.NewConnections,
		Payments: c.Payments, PaymentSecret: string(c.PaymentSecret), Token: string(c.Token),
	}
	if c.Seed != nil {
		config.Seed = *c.Seed
	}
	return config
}

func (c *rushCmd) Run(ctx context.Context, std streams) error {
	if c.Seed == nil {
		c.Seed = randomSeed()
	}
	config := c.config()
	if c.Passes != "" {
		credentials, n, err := readPasses(c.Passes)
		if err != nil {
			return err
		}
		if n < c.Buyers {
			return app.UsageError{Flag: "buyers", Rule: fmt.Sprintf("must be %d at most: %s has no more passes", n, c.Passes)}
		}
		config.Credentials = credentials
	}
	documents, err := openDocuments(c.JSON, c.HTML, std.out)
	if err != nil {
		return err
	}
	progress := rush.Lines(std.err)
	if f, ok := std.err.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		progress = rush.Bar(std.err, c.Buyers)
		config.Every = 100 * time.Millisecond
	}
	report, err := rush.Run(ctx, config, progress)
	if err != nil {
		documents.abandon()
		if ctx.Err() != nil {
			return &rushError{130, "interrupted before the first buyer"}
		}
		return err
	}
	if err := errors.Join(report.WriteTable(c.tableTo(std)), documents.write(report, std.err)); err != nil {
		return err
	}
	return whatFailed(report)
}

// tableTo keeps the standard output for a document that goes there.
func (c *rushCmd) tableTo(std streams) io.Writer {
	if c.JSON == "-" || c.HTML == "-" {
		return std.err
	}
	return std.out
}

// randomSeed is below 2^53, so that every reader of JSON reads it whole.
func randomSeed() *uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	seed := binary.LittleEndian.Uint64(b[:]) >> 11
	return &seed
}

// rushError is a rush that did not end well; main exits with its code.
type rushError struct {
	code int
	text string
}

func (e *rushError) Error() string { return e.text }

// ExitCode is 1 or 130, see [rushCmd.Help].
func (e *rushError) ExitCode() int { return e.code }

func whatFailed(r rush.Report) error {
	switch {
	case r.Interrupted:
		return &rushError{130, "interrupted"}
	case r.Errors > 0:
		return &rushError{1, fmt.Sprintf("%d of %d buyers got no right answer", r.Errors, r.Answered)}
	case r.Unpaid > 0:
		return &rushError{1, fmt.Sprintf("%d buyers could not pay or cancel", r.Unpaid)}
	}
	return nil
}
