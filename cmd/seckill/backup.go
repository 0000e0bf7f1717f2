package main

import (
	"context"
	"fmt"

	"seckill/internal/app"
)

type backupCmd struct {
	folderFlags
	clusterFlags
	logFlags
	To string `arg:"" placeholder:"FILE" help:"The file to make. Keep it secret: it has the secrets of the sale, and the hashes of operators' tokens."`
}

// notDone is the error of a backup or a restore that came to nothing.
type notDone struct {
	what  string
	cause error
}

func (n notDone) Error() string { return "not " + n.what + ": " + n.cause.Error() }
func (n notDone) ExitCode() int { return 2 }
func (n notDone) Unwrap() error { return n.cause }

func (c *backupCmd) Run(ctx context.Context, std streams) error {
	b, err := app.Backup(ctx, app.Config{
		Data: c.Data, Redis: string(c.Redis), Kafka: string(c.Kafka), Postgres: string(c.Postgres), Build: build(), Log: c.logger(std.err),
	}, c.To)
	if err != nil {
		return notDone{"backed up", err}
	}
	fmt.Fprintf(std.out, "%s has %v\n", c.To, b)
	return nil
}

type restoreCmd struct {
	folderFlags
	clusterFlags
	logFlags
	From  string  `arg:"" placeholder:"FILE" help:"The backup."`
	Until *string `env:"SECKILL_UNTIL" placeholder:"TIME|POSITION" help:"The sale as it was then, instead of all of it: a time, as in 2026-11-11T20:00:00Z, or the last record that counts, PARTITION:OFFSET."`
	Yes   bool    `env:"SECKILL_YES" help:"Do not ask."`
}

func (c *restoreCmd) Run(ctx context.Context, std streams) error {
	until := ""
	if c.Until != nil {
		if until = *c.Until; until == "" { // it would be all, and nobody asked
			return app.UsageError{Flag: "until", Rule: "must be a time, as in 2026-11-11T20:00:00Z, or a position, PARTITION:OFFSET; without it all is restored"}
		}
	}
	report, err := app.Restore(ctx, app.Config{
		Data: c.Data, Redis: string(c.Redis), Kafka: string(c.Kafka), Postgres: string(c.Postgres), Log: c.logger(std.err),
	}, c.From, until, func(lost []string) bool {
		fmt.Fprintf(std.out, "Will be restored: the sale as it was at %s. Lost, as it came after that:\n", until)
		for _, one := range lost {
			fmt.Fprintln(std.out, " ", one)
		}
		if len(lost) == 0 {
			fmt.Fprintln(std.out, "  nothing")
		}
		return c.Yes || asked(std)
	})
	if err == nil {
		err = report.Print(std.out, false)
	}
	if err != nil {
		return notDone{"restored", err}
	}
	if !report.Clean() {
		return findings{}
	}
	fmt.Fprintln(std.out, "Restored. The next serve goes on with the sale.")
	return nil
}
