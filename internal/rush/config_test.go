package rush

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestValidate(t *testing.T) {
	good := Config{URL: "http://localhost:3000", Product: "1", Buyers: 1}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for field, changes := range map[string][]func(*Config){
		"url": {
			func(c *Config) { c.URL = "" }, func(c *Config) { c.URL = "localhost:3000" }, func(c *Config) { c.URL = "ftp://a" },
			func(c *Config) { c.URL = "http://a/?q=1" }, func(c *Config) { c.URL = "http://u:p@a" }, func(c *Config) { c.URL = "http://a:b:c" },
		},
		"product":     {func(c *Config) { c.Product = "" }, func(c *Config) { c.Product = "a/b" }, func(c *Config) { c.Product = strings.Repeat("a", 65) }},
		"buyers":      {func(c *Config) { c.Buyers = 0 }, func(c *Config) { c.Buyers = -1 }, func(c *Config) { c.Buyers = MaxBuyers + 1 }},
		"over":        {func(c *Config) { c.Over = -1 }, func(c *Config) { c.Over = MaxOver + 1 }},
		"connections": {func(c *Config) { c.Connections = -1 }, func(c *Config) { c.Connections = MaxConnections + 1 }},
	} {
		for i, change := range changes {
			c := good
			change(&c)
			var invalid *Invalid
			if err := c.Validate(); !errors.As(err, &invalid) || invalid.Field != field {
				t.Errorf("%s, change %d: %v", field, i, err)
			}
		}
	}
}

// due and moment are the same schedule, seen from either side.
func TestSchedule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Config{
			Buyers: rapid.IntRange(1, MaxBuyers).Draw(t, "buyers"),
			Over:   time.Duration(rapid.Int64Range(1, int64(MaxOver)).Draw(t, "over")),
		}
		i := rapid.IntRange(0, c.Buyers-1).Draw(t, "buyer")
		at := c.moment(i)
		if at < 0 || at >= c.Over {
			t.Fatalf("moment %v is outside the rush", at)
		}
		if c.due(at) <= i {
			t.Fatalf("buyer %d is not due at their moment %v", i, at)
		}
		now := time.Duration(rapid.Int64Range(0, int64(c.Over)).Draw(t, "now"))
		if n := c.due(now); n > 0 && c.moment(n-1) > now || n < c.Buyers && c.moment(n) <= now {
			t.Fatalf("%d are due at %v", n, now)
		}
	})
}

func TestUserIDsAreDistinct(t *testing.T) {
	ids, seen := newUserIDs(1), make(map[[userIDLen]byte]bool, 100_000)
	for i := range 100_000 {
		var id [userIDLen]byte
		ids.put(id[:], i)
		if seen[id] {
			t.Fatalf("buyer %d has the id of another", i)
		}
		seen[id] = true
	}
}
