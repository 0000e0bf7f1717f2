package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"time"

	"github.com/cli/browser"
)

// demoCmd is serve, for who sees it for the first time.
type demoCmd struct{ serveCmd }

func (c *demoCmd) Run(ctx context.Context, std streams) error {
	return c.serve(ctx, std, func(ctx context.Context, site string) {
		page, err := c.begin(ctx, site)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			fmt.Fprintf(std.err, "The demo sale did not begin: %s\n", said(err))
			return
		}
		fmt.Fprintf(std.out, "  Demo      %s\n\n", page)
		if hasBrowser() {
			browser.Stdout, browser.Stderr = io.Discard, io.Discard
			_ = browser.OpenURL(page) // the address has been said
		}
	})
}

// begin begins the demo sale once the sale is ready, and gives the page where it can be watched.
func (c *demoCmd) begin(ctx context.Context, site string) (page string, err error) {
	for {
		if _, err := askReady(ctx, site, ""); err == nil {
			break
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	var begun struct{ ID string }
	ask := adminFlags{URL: site, AdminToken: c.AdminToken, own: true}
	err = ask.ask(ctx, http.MethodPost, "/api/rehearsals", []byte("{}"), &begun)
	return site + "/products/" + begun.ID, err
}

// hasBrowser reports whether a page that is opened here is seen by somebody.
func hasBrowser() bool {
	return runtime.GOOS != "linux" || os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
}
