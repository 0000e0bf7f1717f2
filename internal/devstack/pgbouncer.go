package devstack

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// A PgBouncer is one pooler in front of a Postgres.
type PgBouncer struct {
	*Node
	url string
}

// StartPgBouncer starts a PgBouncer in the folder, in front of the database at a
// URL, whose user needs no password there. The settings are lines for its
// configuration, such as "pool_mode = transaction", after those that it comes with.
func StartPgBouncer(ctx context.Context, dir, postgres string, settings ...string) (*PgBouncer, error) {
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		program, err = exec.LookPath("/usr/sbin/pgbouncer") // Debian's, which is not in everybody's PATH
	}
	if err != nil {
		return nil, fmt.Errorf("pgbouncer: %w", ErrMissing)
	}
	to, err := url.Parse(postgres)
	if err != nil {
		return nil, err
	}
	as, port, dir, err := postgresPlace(dir)
	if err != nil {
		return nil, err
	}
	p := &PgBouncer{}
	conf := func() string { return filepath.Join(p.Data(), "pgbouncer.ini") }
	users := func() string { return filepath.Join(p.Data(), "users") }
	p.Node = &Node{
		name: "PgBouncer",
		dir:  dir,
		command: func() *exec.Cmd {
			cmd := exec.Command(program, conf())
			cmd.Dir = "/"
			as.apply(cmd)
			return cmd
		},
		prepare: func(context.Context) error {
			password, _ := to.User.Password()
			text := fmt.Sprintf("[databases]\n* = host=%s port=%s\n[pgbouncer]\nlisten_addr = %s\nlisten_port = %d\n"+
				"unix_socket_dir =\nauth_type = trust\nauth_file = %s\n%s\n",
				to.Hostname(), to.Port(), loopback, port, users(), strings.Join(settings, "\n"))
			return errors.Join(os.WriteFile(users(), fmt.Appendf(nil, "%q %q\n", to.User.Username(), password), 0o600),
				os.WriteFile(conf(), []byte(text), 0o600), as.give(p.Data()))
		},
		answers: func(ctx context.Context) error { return postgresAnswers(ctx, port) },
		orderly: syscall.SIGTERM,
	}
	through := *to
	through.Host = address(port)
	p.url = through.String()
	return p, p.Start(ctx)
}

// URL is where the database is, through it.
func (p *PgBouncer) URL() string { return p.url }

// Close ends it.
func (p *PgBouncer) Close() { p.Stop() }
