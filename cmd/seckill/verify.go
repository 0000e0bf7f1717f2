package main

import (
	"context"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"seckill/internal/app"
	"seckill/internal/verify"
)

type verifyCmd struct {
	folderFlags
	clusterFlags
	logFlags
	All  bool `help:"Show every equation with its numbers, instead of a line for each product."`
	JSON bool `name:"json" help:"Write the report as JSON, as POST /api/verify answers."`
}

// findings is the error of a sale with findings: they have been printed.
type findings struct{}

func (findings) Error() string { return "" }
func (findings) ExitCode() int { return 1 }

// notAudited is the error of a sale that could not be judged.
type notAudited struct{ cause error }

func (n notAudited) Error() string { return "could not judge: " + n.cause.Error() }
func (n notAudited) ExitCode() int { return 2 }
func (n notAudited) Unwrap() error { return n.cause }

func (c *verifyCmd) Run(ctx context.Context, std streams) error {
	began := time.Now()
	report, how, err := c.audit(ctx, std)
	if err != nil {
		return notAudited{err}
	}
	if c.JSON {
		err = json.MarshalWrite(std.out, app.AuditReport(&report, began), jsontext.Multiline(true))
	} else {
		fmt.Fprintln(std.out, how)
		err = report.Print(std.out, c.All)
	}
	if err != nil {
		return notAudited{err}
	}
	if !report.Clean() {
		return findings{}
	}
	return nil
}

// audit gives the report, and says how it came about.
func (c *verifyCmd) audit(ctx context.Context, std streams) (report verify.Report, how string, err error) {
	if c.isCluster() {
		report, idle, err := app.VerifyCluster(ctx, app.Config{
			Redis: string(c.Redis), Kafka: string(c.Kafka), Postgres: string(c.Postgres), Log: c.logger(std.err),
		})
		if idle != "" {
			return report, fmt.Sprintf("The sale in Redis, Kafka and Postgres (not seen to run: %s; what needs a gate is left out)", idle), err
		}
		return report, "The sale in Redis, Kafka and Postgres (running)", err
	}
	report, live, err := app.Verify(ctx, c.Data)
	if live {
		how = "running, asked itself"
	} else {
		how = "stopped; what needs a gate is left out"
	}
	return report, fmt.Sprintf("The sale in %s (%s): the log is orders.log, the tables are in store.db", c.Data, how), err
}
