package devstack

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// A Postgres is one server, with the database and the user seckill, who needs no
// password.
type Postgres struct {
	*Node
	port     int
	programs string   // the folder that holds them
	as       *account // nil: ourselves
}

// StartPostgres starts a Postgres in the folder, with the settings that it comes
// with. Started by root it runs as the user postgres, as it refuses to run as
// root: its data are then theirs.
func StartPostgres(ctx context.Context, dir string) (*Postgres, error) {
	return runPostgres(ctx, dir, (*Postgres).initialize)
}

// StartStandby starts, in a folder that was not used before, one that has all that p
// has, and follows it.
func (p *Postgres) StartStandby(ctx context.Context, dir string) (*Postgres, error) {
	return runPostgres(ctx, dir, func(standby *Postgres, ctx context.Context, fresh string) error {
		return run(ctx, standby.program("pg_basebackup", "-D", fresh, "-h", loopback, "-p", strconv.Itoa(p.port), "-U", "seckill",
			"--checkpoint=fast", "--no-sync", "--write-recovery-conf"), "")
	})
}

// Promote has a standby follow nobody, and take writes.
func (p *Postgres) Promote(ctx context.Context) error {
	return run(ctx, p.program("pg_ctl", "promote", "-D", p.Data()), "")
}

// runPostgres starts one whose data, where there are none, fill makes.
func runPostgres(ctx context.Context, dir string, fill func(p *Postgres, ctx context.Context, fresh string) error) (*Postgres, error) {
	programs, err := postgresPrograms()
	if err != nil {
		return nil, err
	}
	as, port, dir, err := postgresPlace(dir)
	if err != nil {
		return nil, err
	}
	p := &Postgres{port: port, programs: programs, as: as}
	p.Node = &Node{
		name: "Postgres",
		dir:  dir,
		command: func() *exec.Cmd {
			return p.program("postgres", "-D", p.Data(), "-h", loopback, "-p", strconv.Itoa(port), "-k", "")
		},
		prepare: func(ctx context.Context) error {
			return p.prepare(ctx, func(ctx context.Context, fresh string) error { return fill(p, ctx, fresh) })
		},
		answers: func(ctx context.Context) error { return postgresAnswers(ctx, port) },
		orderly: syscall.SIGINT, // ends without waiting for clients to leave
	}
	return p, p.Start(ctx)
}

// postgresPlace is what it and a PgBouncer start from: whom to run as, for both
// refuse to run as root, a port, and the folder from the root on.
func postgresPlace(dir string) (as *account, port int, abs string, err error) {
	if as, err = postgresAccount(); err != nil {
		return nil, 0, "", err
	}
	if port, err = freePort(); err != nil {
		return nil, 0, "", err
	}
	abs, err = filepath.Abs(dir)
	return as, port, abs, err
}

// URL is where the database is.
func (p *Postgres) URL() string {
	return "postgres://seckill@" + address(p.port) + "/seckill?sslmode=disable"
}

// Close ends it.
func (p *Postgres) Close() { p.Stop() }

// prepare has data made if there are none, beside the data folder, to which they move once
// they are whole, and sees to it that the server may use them: also those that somebody
// else has put back from a copy.
func (p *Postgres) prepare(ctx context.Context, fill func(ctx context.Context, fresh string) error) error {
	entries, err := os.ReadDir(p.Data())
	if err == nil && len(entries) == 0 {
		fresh := filepath.Join(p.dir, "new")
		err = errors.Join(os.RemoveAll(fresh), os.Mkdir(fresh, 0o700), p.as.give(fresh))
		if err == nil {
			err = fill(ctx, fresh)
		}
		if err == nil {
			err = errors.Join(os.Remove(p.Data()), os.Rename(fresh, p.Data()))
		}
	}
	if err != nil {
		return err
	}
	return p.as.give(p.Data())
}

// initialize makes a new database.
func (p *Postgres) initialize(ctx context.Context, fresh string) error {
	if err := run(ctx, p.program("initdb", "-D", fresh, "-A", "trust", "-U", "seckill", "--no-sync", "--locale=C", "-E", "UTF8"), ""); err != nil {
		return err
	}
	return run(ctx, p.program("postgres", "--single", "-F", "-D", fresh, "postgres"), "CREATE DATABASE seckill;\n")
}

// program is a command that runs as the right user, in a folder that they can enter.
func (p *Postgres) program(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(p.programs, name), args...)
	cmd.Dir = "/"
	p.as.apply(cmd)
	return cmd
}

// postgresAnswers asks for a connection to the database, as every client does
// (Protocol 3.0, "Start-up"). While the server recovers it refuses with an E.
func postgresAnswers(ctx context.Context, port int) error {
	const protocol = 3 << 16
	const who = "user\x00seckill\x00database\x00seckill\x00\x00"
	message := binary.BigEndian.AppendUint32(nil, uint32(8+len(who)))
	message = binary.BigEndian.AppendUint32(message, protocol)
	got, err := exchange(ctx, port, append(message, who...), 1024)
	if err == nil && got[0] != 'R' {
		err = fmt.Errorf("it refuses a connection: %q", got)
	}
	return err
}

// postgresPrograms finds the folder of the server's programs: that of the one in
// PATH, or the newest where Debian puts them.
func postgresPrograms() (string, error) {
	if found, err := exec.LookPath("postgres"); err == nil {
		if found, err = filepath.EvalSymlinks(found); err == nil {
			return filepath.Dir(found), nil
		}
	}
	newest, best := "", 0.0
	all, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres") // the pattern is right
	for _, found := range all {
		version, err := strconv.ParseFloat(strings.Split(found, "/")[4], 64)
		if err == nil && version > best {
			newest, best = filepath.Dir(found), version
		}
	}
	if newest == "" {
		return "", fmt.Errorf("postgres: %w", ErrMissing)
	}
	return newest, nil
}
