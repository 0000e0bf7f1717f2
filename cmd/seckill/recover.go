package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"seckill/internal/app"
	"seckill/internal/recovery"
)

type recoverCmd struct {
	folderFlags
	clusterFlags
	logFlags
	Yes bool `env:"SECKILL_YES" help:"Do not ask."`
}

// notRecovered is the error of a sale that is as it was, or half recovered: it may be run again.
type notRecovered struct{ cause error }

func (n notRecovered) Error() string { return "not recovered: " + n.cause.Error() }
func (n notRecovered) ExitCode() int { return 2 }
func (n notRecovered) Unwrap() error { return n.cause }

func (c *recoverCmd) Run(ctx context.Context, std streams) error {
	done, err := app.Recover(ctx, app.Config{
		Data: c.Data, Redis: string(c.Redis), Kafka: string(c.Kafka), Postgres: string(c.Postgres),
		Log: c.logger(std.err),
	}, func(plan *recovery.Plan, becomes string) bool {
		plan.Print(std.out, becomes)
		return c.Yes || asked(std)
	})
	switch {
	case err != nil:
		return notRecovered{err}
	case done:
		fmt.Fprintln(std.out, "Recovered. The next serve goes on with the sale; seckill verify tells of it.")
	default:
		fmt.Fprintln(std.out, "Nothing to recover: the tables lack at most what the next serve folds into them.")
	}
	return nil
}

// asked asks whoever is at the terminal.
func asked(std streams) bool {
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		fmt.Fprintln(std.err, "There is no terminal to ask at: --yes agrees.")
		return false
	}
	fmt.Fprint(std.out, "Do it? Type yes: ")
	answer, _ := bufio.NewReader(os.Stdin).ReadString('\n')
	return strings.TrimSpace(answer) == "yes"
}
