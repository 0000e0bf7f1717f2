package redisgate

import (
	"context"
	"embed"
	"fmt"

	"github.com/redis/rueidis"

	"seckill/internal/crash"
	"seckill/internal/sale"
)

//go:embed lua
var sources embed.FS

// A script is what Redis runs in one step.
type script struct {
	lua   *rueidis.Lua
	reads bool // it changes nothing, so that no outcome of it is unknown
}

func reading(name string) script { return script{rueidis.NewLuaScript(source(name)), true} }
func writing(name string) script { return script{rueidis.NewLuaScript(source(name)), false} }

// whole is a script that is sent as it is. Of one that is known by its hash the
// driver first tells every node of a cluster, if many are sent at once, and
// sends none if one node is away.
func whole(name string) script {
	return script{rueidis.NewLuaScriptNoSha(source(name)), false}
}

func source(name string) string {
	text := ""
	for _, file := range []string{"gate", name} {
		b, err := sources.ReadFile("lua/" + file + ".lua")
		if err != nil {
			panic(err) // it is not in the binary
		}
		text += string(b)
	}
	return text
}

// run runs a script for a product. If the script refuses, what follows its
// word is returned beside the error.
func (g *Gate) run(ctx context.Context, s script, product string, args ...string) (*reply, error) {
	if err := g.ready(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, g.timeout)
	defer cancel()
	crash.At("redisgate: a script is to be sent")
	result := s.lua.Exec(ctx, g.client, g.keys(product), args)
	crash.At("redisgate: a script was answered")
	return s.read(product, result)
}

// ready is the error of a call that is not worth a try.
func (g *Gate) ready(ctx context.Context) error {
	if g.closed.Load() {
		return fmt.Errorf("%w: the gate was closed", sale.ErrUnavailable)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", sale.ErrUnavailable, err)
	}
	return nil
}

// read takes a script's result apart.
func (s script) read(product string, result rueidis.RedisResult) (*reply, error) {
	values, err := result.ToArray()
	if err != nil {
		return nil, fmt.Errorf("%w: product %s: Redis: %w", s.kind(err), product, err)
	}
	a := &reply{values: values}
	return a, refusal(product, a)
}

// refusal is the error that a script's first word stands for.
func refusal(product string, a *reply) error {
	switch word := a.text(); word {
	case "ok":
		return nil
	case "missing":
		return fmt.Errorf("%w: product %s", sale.ErrNoGate, product)
	case "shut":
		return fmt.Errorf("%w: product %s", sale.ErrShut, product)
	case "fenced":
		epoch := (&reply{values: a.values}).number() // which stays there
		return fmt.Errorf("%w: product %s is at epoch %d, or under another incarnation", sale.ErrFenced, product, epoch)
	case "late":
		return fmt.Errorf("%w: product %s", sale.ErrLate, product)
	case "full":
		return fmt.Errorf("%w: %d of product %s", sale.ErrFull, a.number(), product)
	default:
		return fmt.Errorf("%w: product %s: Redis answers %q", sale.ErrUnknownOutcome, product, word)
	}
}
