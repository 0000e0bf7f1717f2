package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"

	"seckill/internal/app"
	"seckill/ui"
)

// folderFlags say where a sale is kept.
type folderFlags struct {
	Data string `default:"./data" env:"SECKILL_DATA" placeholder:"FOLDER" help:"Where the sale is kept; made if it is not there (${default})."`
}

type serveCmd struct {
	folderFlags
	Listen       string  `default:"localhost:3000" env:"SECKILL_LISTEN" placeholder:"HOST:PORT" help:"Where to listen; port 0 takes a free one (${default})."`
	AdminToken   string  `env:"SECKILL_ADMIN_TOKEN" placeholder:"TOKEN" help:"Ask operators for this token. Needed beyond this machine, or --insecure."`
	Insecure     bool    `env:"SECKILL_INSECURE" help:"Let anybody who reaches the address run the sale."`
	MaxUnrelayed int     `default:"100000" env:"SECKILL_MAX_UNRELAYED" placeholder:"N" help:"How many admitted orders may wait for the log before buyers are asked to come back (${default})."`
	Rate         float64 `default:"0" env:"SECKILL_RATE" placeholder:"N" help:"Buys a second that one user may ask for; 0 is no limit (${default})."`
}

func (c *serveCmd) Run(ctx context.Context, std streams) error {
	e, err := app.OpenEmbedded(app.Config{
		Listen: c.Listen, Data: c.Data, AdminToken: c.AdminToken, Insecure: c.Insecure,
		MaxUnrelayed: c.MaxUnrelayed, Rate: c.Rate, Pages: ui.FS(),
		Log: slog.New(slog.NewTextHandler(std.err, nil)),
	})
	if err != nil {
		return err
	}
	welcome(std.out, e.Addr(), c.Data)
	err = e.Run(ctx)
	if closing := e.Close(); err == nil {
		err = closing
	}
	return err
}

// welcome says where to click.
func welcome(w io.Writer, at net.Addr, data string) {
	host, port, _ := net.SplitHostPort(at.String())
	if ip := net.ParseIP(host); ip == nil || ip.IsLoopback() || ip.IsUnspecified() {
		host = "localhost"
	}
	site := "http://" + net.JoinHostPort(host, port)
	fmt.Fprintf(w, `seckill is selling from %s. Ctrl-C stops it.

  Console   %[2]s/
  Orders    %[2]s/order/1
  To buy    %[2]s/buy/1

`, data, site)
	if !ui.Built() {
		fmt.Fprintln(w, "  The pages are not built: install Node 20.19 or later and run 'make build'. The API works without them.")
	}
}
