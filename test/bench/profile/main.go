// Command profile is `seckill serve` under the CPU profiler, from its start until
// it is told to stop. test/bench/profile.py puts it under the load of the
// benchmark, and makes cmd/seckill/default.pgo of what it writes.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"log/slog"
	"os"
	"os/signal"
	"runtime/pprof"
	"strings"
	"syscall"
	"time"

	"seckill/internal/app"
	"seckill/ui"
)

func main() {
	var c app.Config
	file := flag.String("cpu", "cpu.pprof", "where the profile goes")
	roles := flag.String("roles", "api,projector", "as of serve")
	flag.StringVar(&c.Listen, "listen", "localhost:3000", "as of serve")
	flag.StringVar(&c.Data, "data", "data", "as of serve")
	flag.StringVar(&c.Redis, "redis", "", "as of serve")
	flag.StringVar(&c.Kafka, "kafka", "", "as of serve")
	flag.StringVar(&c.Postgres, "postgres", "", "as of serve")
	flag.Parse()
	c.Pages, c.Log = ui.FS(), slog.New(slog.NewTextHandler(os.Stderr, nil))
	c.Roles, c.MaxUnrelayed, c.Wait = strings.Split(*roles, ","), 100_000, 2*time.Second
	if err := run(*file, c); err != nil {
		log.Fatal(err)
	}
}

func run(file string, c app.Config) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(out); err != nil {
		return errors.Join(err, out.Close())
	}
	p, err := app.Open(c)
	if err == nil {
		err = errors.Join(p.Run(ctx), p.Close())
	}
	pprof.StopCPUProfile()
	if e := out.Close(); e != nil {
		err = errors.Join(err, fmt.Errorf("%s: %w", file, e))
	}
	return err
}
