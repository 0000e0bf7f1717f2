package main

import (
	"context"
	"fmt"

	"seckill/internal/app"
)

type verifyCmd struct {
	folderFlags
}

// findings is the error of a sale with findings: they have been printed.
type findings struct{}

func (findings) Error() string { return "" }
func (findings) ExitCode() int { return 1 }

// noVerdict is the error of a sale that could not be judged.
type noVerdict struct{ cause error }

func (n noVerdict) Error() string { return "could not judge: " + n.cause.Error() }
func (n noVerdict) ExitCode() int { return 2 }
func (n noVerdict) Unwrap() error { return n.cause }

func (c *verifyCmd) Run(ctx context.Context, std streams) error {
	report, live, err := app.Verify(ctx, c.Data)
	if err != nil {
		return noVerdict{err}
	}
	how := "stopped; what needs a gate is left out"
	if live {
		how = "running, asked itself"
	}
	fmt.Fprintf(std.out, "The sale in %s (%s): the log is orders.log, the tables are in store.db\n", c.Data, how)
	if err := report.Print(std.out); err != nil {
		return noVerdict{err}
	}
	if !report.Clean() {
		return findings{}
	}
	return nil
}
