package redisgate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/redis/rueidis"

	"seckill/internal/sale"
)

// Check judges the settings of every node that answers. An error is ErrUnavailable,
// if none does, or says why no sale may run on this Redis: it may evict what a
// gate knows. Warnings say which do not answer, and what may cost orders that were admitted and not yet placed, or could not
// be asked.
func (g *Gate) Check(ctx context.Context) (warnings []string, err error) {
	said, err := g.ask(ctx, check)
	if err != nil {
		return nil, err
	}
	for address, node := range said {
		switch {
		case errors.Is(node.err, sale.ErrUnavailable):
			node.warnings = []string{fmt.Sprintf("it does not answer (%v): what it holds cannot be sold", node.err)}
		case node.err != nil:
			return nil, fmt.Errorf("Redis at %s: %w", address, node.err)
		}
		for _, w := range node.warnings {
			warnings = append(warnings, fmt.Sprintf("Redis at %s: %s", address, w))
		}
	}
	return warnings, nil
}

// Away names the nodes that do not answer. It is ErrUnavailable if none does.
func (g *Gate) Away(ctx context.Context) (nodes []string, err error) {
	said, err := g.ask(ctx, func(ctx context.Context, node rueidis.Client) ([]string, error) {
		if err := node.Do(ctx, node.B().Ping().Build()).Error(); err != nil {
			return nil, fmt.Errorf("%w: %w", sale.ErrUnavailable, err)
		}
		return nil, nil
	})
	for address, node := range said {
		if node.err != nil {
			nodes = append(nodes, address)
		}
	}
	slices.Sort(nodes)
	return nodes, err
}

// said is what a node answers.
type said struct {
	warnings []string
	err      error
}

// ask asks all nodes, each in its own time. Its error is ErrUnavailable, if none
// answers.
func (g *Gate) ask(ctx context.Context, what func(context.Context, rueidis.Client) ([]string, error)) (map[string]said, error) {
	if err := g.ready(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, g.timeout)
	defer cancel()
	var all sync.WaitGroup
	var mu sync.Mutex
	out := map[string]said{}
	for address, node := range g.nodes(ctx) {
		all.Go(func() {
			warnings, err := what(ctx, node)
			mu.Lock()
			defer mu.Unlock()
			out[address] = said{warnings, err}
		})
	}
	all.Wait()
	away := fmt.Errorf("%w: Redis has no node", sale.ErrUnavailable)
	for address, node := range out {
		if !errors.Is(node.err, sale.ErrUnavailable) {
			return out, nil
		}
		away = fmt.Errorf("Redis at %s: %w", address, node.err)
	}
	return out, away
}

// nodes are those that are known. Where some were away at the start, the driver may
// have looked before it had a connection: it knows none then, and looks again as soon
// as a key is asked for.
func (g *Gate) nodes(ctx context.Context) map[string]rueidis.Client {
	known := g.client.Nodes()
	if len(known) == 0 {
		_ = g.client.Do(ctx, g.client.B().Exists().Key(g.prefix).Build()).Error() // the nodes will say it
		known = g.client.Nodes()
	}
	return known
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
