package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"seckill/internal/app"
	"seckill/internal/rush"
)

type passCmd struct {
	folderFlags
	Postgres secret        `env:"SECKILL_POSTGRES" placeholder:"URL" help:"The Postgres of a cluster; or file:PATH, which holds it."`
	User     string        `env:"SECKILL_USER" placeholder:"ID" help:"Whose pass to make."`
	Groups   []string      `env:"SECKILL_GROUPS" placeholder:"G,..." help:"The groups that the user is in."`
	Count    int           `env:"SECKILL_COUNT" placeholder:"N" help:"Instead of --user: make passes of N users, 1 to 1,000,000, as CSV: user,pass. For rush --passes, and for JMeter."`
	Seed     uint64        `default:"1" env:"SECKILL_SEED" placeholder:"N" help:"Chooses the users of --count: the same ones as rush --seed (${default})."`
	Life     time.Duration `default:"2h" env:"SECKILL_LIFE" placeholder:"TIME" help:"How long they are valid (${default})."`
}

// Help is shown below the flags' own.
func (c *passCmd) Help() string {
	return `A pass is signed by a secret that the sale's first start made: whoever may read the data folder, or the tables in
Postgres, can make one; the log does not have it. It is good in every process of that sale, whose buyers are known (--buyer-auth jwt or header), and in no other.`
}

// Validate is called by kong, which makes its error one of wrong usage.
func (c *passCmd) Validate() error {
	switch {
	case (c.User == "") == (c.Count == 0):
		return errors.New("give --user or --count")
	case c.Count < 0 || c.Count > rush.MaxBuyers:
		return fmt.Errorf("--count must be 1 to 1,000,000, not %d", c.Count)
	case c.Life < time.Second || c.Life > app.MaxPassLife:
		return errors.New("--life must be 1s to 168h")
	}
	return nil
}

func (c *passCmd) Run(ctx context.Context, std streams) error {
	mint, err := app.Passes(ctx, app.Config{Data: c.Data, Postgres: string(c.Postgres)})
	if err != nil {
		return err
	}
	until := time.Now().Add(c.Life)
	if c.User != "" {
		pass, err := mint(c.User, c.Groups, until)
		if err == nil {
			_, err = fmt.Fprintln(std.out, pass)
		}
		return err
	}
	out := bufio.NewWriter(std.out)
	for i := range c.Count {
		user := rush.UserID(c.Seed, i)
		pass, err := mint(user, c.Groups, until)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s,%s\n", user, pass)
	}
	return out.Flush()
}

// readPasses reads what seckill pass --count wrote, or a shop in its place.
func readPasses(path string) (rush.Credentials, int, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = file.Close() }() // it has been read
	in := csv.NewReader(bufio.NewReader(file))
	in.FieldsPerRecord = 2
	lines, err := in.ReadAll()
	if err != nil {
		return nil, 0, fmt.Errorf("%s: must be lines of user,pass: %w", path, err)
	}
	for i, l := range lines {
		if unfit := func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' }; strings.ContainsFunc(l[0]+l[1], unfit) {
			return nil, 0, fmt.Errorf("%s: line %d must be user,pass, without blanks and quotes", path, i+1)
		}
	}
	return func(i int) (user, pass string) { return lines[i][0], lines[i][1] }, len(lines), nil
}
