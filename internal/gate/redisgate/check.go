package redisgate

import (
	"context"
	"fmt"
	"strings"

	"github.com/redis/rueidis"

	"seckill/internal/sale"
)

// Check judges the settings of every node. An error is ErrUnavailable, or says
// why no sale may run on this Redis: it may evict what a gate knows. Warnings
// say what may cost orders that were admitted and not yet placed, or could not
// be asked.
func (g *Gate) Check(ctx context.Context) (warnings []string, err error) {
	if err := g.ready(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, g.timeout)
	defer cancel()
	for address, node := range g.client.Nodes() {
		more, err := check(ctx, node)
		if err != nil {
			return nil, fmt.Errorf("Redis at %s: %w", address, err)
		}
		for _, w := range more {
			warnings = append(warnings, fmt.Sprintf("Redis at %s: %s", address, w))
		}
	}
	return warnings, nil
}

func check(ctx context.Context, node rueidis.Client) (warnings []string, err error) {
	// Unlike CONFIG GET, which many forbid, INFO is asked for by every script.
	memory, err := node.Do(ctx, node.B().Info().Section("memory").Build()).ToString()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", sale.ErrUnavailable, err)
	}
	switch policy, limit := line(memory, "maxmemory_policy"), line(memory, "maxmemory"); {
	case policy == "noeviction":
	case limit == "0":
		warnings = append(warnings, fmt.Sprintf("maxmemory-policy is %s: with a maxmemory it would forget buyers; set noeviction", policy))
	default:
		return nil, fmt.Errorf("maxmemory-policy is %q, so that it may forget buyers: set noeviction", policy)
	}
	settings, err := node.Do(ctx, node.B().ConfigGet().Parameter("append*").Build()).AsStrMap()
	if _, forbidden := rueidis.IsRedisErr(err); forbidden {
		return append(warnings, fmt.Sprintf("it does not say whether it syncs before it answers (%v): set appendonly yes, appendfsync always", err)), nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", sale.ErrUnavailable, err)
	}
	if settings["appendonly"] != "yes" || settings["appendfsync"] != "always" {
		warnings = append(warnings, fmt.Sprintf("appendonly %s, appendfsync %s: where it is killed, orders that wait for the log are lost; set yes and always",
			settings["appendonly"], settings["appendfsync"]))
	}
	return warnings, nil
}

// line is the value that INFO gives a name.
func line(info, name string) string {
	_, after, _ := strings.Cut("\n"+info, "\n"+name+":")
	value, _, _ := strings.Cut(after, "\r")
	return value
}
