package app

import (
	"fmt"
	"io/fs"
	"log/slog"
	"net"
)

// Config is what serve is started with.
type Config struct {
	Listen       string  // host:port; port 0 takes a free one
	Data         string  // the data folder, made if it is not there
	AdminToken   string  // asked for on operators' routes; empty: nobody is asked
	Insecure     bool    // listen beyond this machine without an admin token
	MaxUnrelayed int     // admitted orders that may wait for the log
	Rate         float64 // buys a second and user; 0: no limit
	Pages        fs.FS   // what Vite built
	Log          *slog.Logger
}

// A UsageError is a flag that breaks a rule.
type UsageError struct{ Flag, Rule string }

func (e UsageError) Error() string { return fmt.Sprintf("--%s %s", e.Flag, e.Rule) }

// Check returns a UsageError for the first flag that breaks a rule.
func (c Config) Check() error {
	host, _, err := net.SplitHostPort(c.Listen)
	switch {
	case err != nil:
		return UsageError{"listen", fmt.Sprintf("must be host:port, as in localhost:3000, not %q", c.Listen)}
	case !isLoopback(host) && c.AdminToken == "" && !c.Insecure:
		return UsageError{"listen", fmt.Sprintf("%s can be reached from other machines: give --admin-token TOKEN, or --insecure to let anybody run the sale", c.Listen)}
	case c.AdminToken != "" && c.Insecure:
		return UsageError{"insecure", "contradicts --admin-token"}
	case c.Data == "":
		return UsageError{"data", "must name a folder"}
	case c.MaxUnrelayed < 1:
		return UsageError{"max-unrelayed", "must be at least 1"}
	case c.Rate < 0:
		return UsageError{"rate", "must be 0 (no limit) or above"}
	}
	return nil
}

// isLoopback reports whether a listen host is reached from this machine only.
func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
