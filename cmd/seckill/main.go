// Command seckill runs a flash sale, sends a rush of buyers at one, and proves
// afterwards that nothing was sold twice or lost.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
	kongcompletion "github.com/jotaen/kong-completion"

	"seckill/internal/app"
)

// usage is the exit code of a wrong command line (sysexits.h).
const usage = 64

type commands struct {
	Version kong.VersionFlag `help:"Print what this program was built from."`

	Serve      serveCmd      `cmd:"" help:"Run a sale, with its pages, on this machine."`
	Demo       demoCmd       `cmd:"" help:"Serve, start the demo sale, and open it in the browser, if there is one."`
	Rush       rushCmd       `cmd:"" help:"Send a crowd of buyers to a sale, and report how they were answered."`
	Verify     verifyCmd     `cmd:"" help:"Prove that nothing was oversold or lost. Exit code 0: no findings; 1: findings; 2: it could not be verified."`
	Recover    recoverCmd    `cmd:"" help:"Repair a sale whose log was cut, deleted or damaged, while it is stopped. First says what it will do and what is lost. Exit code 0: done; 2: not recovered."`
	Backup     backupCmd     `cmd:"" help:"Copy a sale into a file, also while it sells. Exit code 0: the file is complete; 2: there is none."`
	Restore    restoreCmd    `cmd:"" help:"Make a sale from a backup, in a new folder or on new servers, and verify it. Exit code 0: no findings; 1: findings; 2: not restored."`
	Token      tokenCmd      `cmd:"" help:"Make, list and revoke the tokens of operators of a running sale."`
	Pass       passCmd       `cmd:"" help:"Make a pass, by which a buyer of a sale proves who they are; or many, for a load test."`
	Completion completionCmd `cmd:"" help:"Print what has the shell complete commands and flags: bash, zsh or fish."`
	Ready      readyCmd      `cmd:"" help:"Ask a sale on this machine whether it is ready, for health checks. Exit code 0: it is."`
}

func main() {
	ctx, end := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		cause := errInterrupted // somebody at the keyboard, who does not want to wait
		if <-signals == syscall.SIGTERM {
			cause = app.ErrTerminated
		}
		signal.Stop(signals) // a second one ends the program at once
		end(cause)
	}()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is main as a value: the command line in, the exit code out.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (code int) {
	var cmds commands
	exit := -1
	parser, err := kong.New(&cmds, append(values(),
		kong.Name("seckill"),
		kong.Description("Flash sales: never a unit twice, never an order lost, and proof of both."),
		kong.UsageOnError(),
		kong.Vars{"version": version()},
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exit = code }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(streams{stdout, stderr}),
	)...)
	if err != nil {
		panic(err) // the tags above are wrong
	}
	kongcompletion.Register(parser)
	switch {
	case exit >= 0: // a shell asked what could follow, and has been told
		return exit
	case len(args) == 0: // who asks for nothing wants to know what there is
		args = []string{"--help"}
	case args[0] == "help":
		args = append(args[1:], "--help")
	}
	parsed, err := parser.Parse(args)
	if exit >= 0 { // --help, --version
		return exit
	}
	if err == nil {
		err = parsed.Run()
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = interrupted(err)
	}
	return report(err, stderr)
}

var errInterrupted = errors.New("interrupted")

// interrupted is what a command says that was ended from outside: where it was met at that moment tells nobody anything.
func interrupted(err error) error {
	var done notDone
	switch {
	case errors.As(err, &done):
		return notDone{done.what, errInterrupted}
	case errors.As(err, new(notRecovered)):
		return notRecovered{errInterrupted}
	case errors.As(err, new(notAudited)):
		return notAudited{errInterrupted}
	}
	return errInterrupted
}

// streams are where a command writes.
type streams struct{ out, err io.Writer }

// report says what went wrong, in one line, and gives the exit code for it.
func report(err error, stderr io.Writer) int {
	if err == nil {
		return 0
	}
	var coded interface{ ExitCode() int }
	var wrongUsage app.UsageError
	var parse *kong.ParseError
	if err.Error() != "" {
		fmt.Fprintf(stderr, "seckill: %s\n", said(err))
	}
	switch {
	case errors.As(err, &parse), errors.As(err, &wrongUsage):
		fmt.Fprintln(stderr, "Try 'seckill --help'.")
		return usage
	case errors.As(err, &coded):
		return coded.ExitCode()
	}
	return 1
}
