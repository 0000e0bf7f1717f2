// Command devstack runs a real Redis, Postgres and Kafka on this machine, without
// Docker, prints the flags with which seckill serve uses them, and stops them all
// on Ctrl-C.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/gofrs/flock"

	"seckill/internal/devstack"
)

type flags struct {
	Dir     string `type:"path" help:"Keep the data in this folder, for the next time. Without it they are gone at the end."`
	Brokers int    `enum:"1,3" default:"1" help:"How many brokers Kafka has: 1 or 3."`
	Replica bool   `help:"Start a replica of Redis too."`
	Fetch   bool   `help:"Only get what Maven has to get, and start nothing."`
}

const usage = 64 // sysexits.h

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is main as a value: the command line in, the exit code out. It ends with ctx.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var f flags
	exit := -1
	parser, err := kong.New(&f,
		kong.Name("devstack"),
		kong.Description("A real Redis, Postgres and Kafka on this machine, until Ctrl-C."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exit = code }),
	)
	if err != nil {
		panic(err) // the tags above are wrong
	}
	_, err = parser.Parse(args)
	if exit >= 0 { // --help
		return exit
	}
	if err != nil {
		fmt.Fprintf(stderr, "devstack: %v\nTry 'devstack --help'.\n", err)
		return usage
	}
	if err := f.run(ctx, stdout, stderr); err != nil {
		fmt.Fprintf(stderr, "devstack: %v\n", err)
		return 1
	}
	return 0
}

func (f flags) run(ctx context.Context, stdout, stderr io.Writer) error {
	if f.Fetch {
		_, err := devstack.FetchKafka(ctx)
		return err
	}
	dir, leave, err := f.folder()
	if err != nil {
		return err
	}
	defer leave()
	var s stack
	defer s.close()
	fmt.Fprintf(stderr, "starting Redis, Postgres and Kafka in %s\n", dir)
	if err := s.start(ctx, dir, f); err != nil {
		if ctx.Err() != nil {
			return nil // it was told to end, and does
		}
		return err
	}
	if s.replica != nil {
		fmt.Fprintf(stderr, "Redis's replica is %s\n", s.replica.URL())
	}
	fmt.Fprintln(stderr, "seckill serve takes these flags; Ctrl-C stops all")
	// In quotes, as shells take a ? for a pattern.
	fmt.Fprintf(stdout, "--redis '%s' --kafka '%s' --postgres '%s'\n", s.redis.URL(), s.kafka.Addr(), s.postgres.URL())
	<-ctx.Done()
	fmt.Fprintln(stderr, "stopping")
	return nil
}

// folder is where the data go, which is nobody else's until leave is called.
func (f flags) folder() (dir string, leave func(), err error) {
	if f.Dir == "" {
		dir, err = os.MkdirTemp("", "seckill-devstack-")
		return dir, func() { os.RemoveAll(dir) }, err //nolint:errcheck // what is left of it is the system's to remove
	}
	if err := os.MkdirAll(f.Dir, 0o755); err != nil {
		return "", nil, err
	}
	lock := flock.New(filepath.Join(f.Dir, "lock"))
	switch locked, err := lock.TryLock(); {
	case err != nil:
		return "", nil, err
	case !locked:
		return "", nil, fmt.Errorf("%s is used by another devstack", f.Dir)
	}
	return f.Dir, func() { _ = lock.Unlock() }, nil // it goes with the process
}
