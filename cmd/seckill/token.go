package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"seckill/internal/app"
)

type tokenCmd struct {
	Add    tokenAddCmd    `cmd:"" help:"Make a token and print it. It is printed only once: the sale keeps its hash."`
	List   tokenListCmd   `cmd:"" help:"List the tokens: names, roles, and when each was made."`
	Revoke tokenRevokeCmd `cmd:"" help:"Revoke a token: within a second it stops working, and so do its sessions."`
}

// adminFlags say whose tokens, and by what right.
type adminFlags struct {
	URL        string `default:"http://localhost:3000" env:"SECKILL_URL" placeholder:"URL" help:"Where the sale is (${default})."`
	AdminToken secret `required:"" env:"SECKILL_ADMIN_TOKEN" placeholder:"TOKEN" help:"The token that serve was started with, or file:PATH, which holds it."`

	own bool // it is asked by itself
}

type tokenAddCmd struct {
	adminFlags
	Name string `arg:"" help:"Whose it is: what its operator changes is noted under this name."`
	Role string `required:"" env:"SECKILL_ROLE" enum:"view,operate,payments" placeholder:"view|operate|payments" help:"view: see everything; operate: run the sale, too; payments: tell of payments, see them, note what was paid back, and nothing else."`
}

func (c *tokenAddCmd) Run(ctx context.Context, std streams) error {
	var made struct{ Token string }
	body, err := json.Marshal(map[string]string{"name": c.Name, "role": c.Role})
	if err != nil {
		return err
	}
	if err := c.ask(ctx, http.MethodPost, "/api/tokens", body, &made); err != nil {
		return err
	}
	fmt.Fprintf(std.err, "The token of %s (%s), which is shown this once:\n", c.Name, c.Role)
	fmt.Fprintln(std.out, made.Token)
	return nil
}

type tokenListCmd struct{ adminFlags }

func (c *tokenListCmd) Run(ctx context.Context, std streams) error {
	var all struct {
		Tokens []struct {
			Name, Role string
			MadeAt     string `json:"made_at"`
		}
	}
	if err := c.ask(ctx, http.MethodGet, "/api/tokens", nil, &all); err != nil {
		return err
	}
	table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tROLE\tMADE AT")
	for _, t := range all.Tokens {
		fmt.Fprintf(table, "%s\t%s\t%s\n", t.Name, t.Role, t.MadeAt)
	}
	return table.Flush()
}

type tokenRevokeCmd struct {
	adminFlags
	Name string `arg:"" help:"Whose it is."`
}

func (c *tokenRevokeCmd) Run(ctx context.Context, _ streams) error {
	err := c.ask(ctx, http.MethodDelete, "/api/tokens/"+url.PathEscape(c.Name), nil, nil)
	if errors.Is(err, errNotFound) {
		return fmt.Errorf("%s has no token", c.Name)
	}
	return err
}

// ask asks the sale, and reads its answer into v.
func (f *adminFlags) ask(ctx context.Context, method, path string, body []byte, v any) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(f.URL, "/")+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if f.AdminToken != "" {
		r.Header.Set("Authorization", "Bearer "+string(f.AdminToken))
	}
	r.Header.Set("Content-Type", "application/json")
	client := http.DefaultClient
	if f.own {
		client = app.Own
	}
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err = errors.Join(err, answer.Body.Close()); err != nil {
		return err
	}
	if answer.StatusCode >= http.StatusMultipleChoices {
		return refusal(answer.StatusCode, text)
	}
	if v == nil {
		return nil
	}
	return json.Unmarshal(text, v)
}

var errNotFound = errors.New("Not found")

// refusal is what a server says that did not do as it was asked.
func refusal(status int, text []byte) error {
	var p struct {
		Title  string
		Errors []struct{ Field, Rule string }
	}
	if json.Unmarshal(text, &p) != nil || p.Title == "" {
		return fmt.Errorf("it was answered %d, and not by seckill", status)
	}
	if status == http.StatusNotFound {
		return errNotFound
	}
	for _, e := range p.Errors {
		p.Title += ": " + e.Field + " " + e.Rule
	}
	if status == http.StatusUnauthorized {
		p.Title += ": the admin token is wrong"
	}
	return errors.New(p.Title)
}
