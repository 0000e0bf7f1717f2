package redisgate

import (
	"context"
	"errors"
	"strings"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

var (
	viewScript   = reading("view")
	usersScript  = reading("users")
	recentScript = reading("recent")
	knowsScript  = reading("knows")
	cutScript    = reading("cut")
	returnScript = writing("return")
)

// View is gate.Inspector's.
func (g *Gate) View(ctx context.Context, product string) (gate.View, error) {
	a, err := g.run(ctx, viewScript, product)
	switch {
	case errors.Is(err, sale.ErrShut):
		return gate.View{Epoch: a.number(), Signs: a.number()}, err
	case errors.Is(err, sale.ErrFenced):
		return gate.View{Epoch: a.number()}, err
	case err != nil:
		return gate.View{}, err
	}
	v := a.view()
	return v, a.err
}

// Users is gate.Inspector's. It holds up the buyers for about a millisecond at a
// time. Users who come meanwhile may be among them. If from is beyond what the
// gate keeps by seq, it is all users.
func (g *Gate) Users(ctx context.Context, product string, epoch, from int64, f func(user string)) error {
	if from > 0 {
		a, err := g.run(ctx, recentScript, product, decimal(epoch), decimal(from))
		if err != nil {
			return err
		}
		known, names := a.flag(), a.text()
		if a.err != nil || known {
			each(names, f)
			return a.err
		}
	}
	for cursor := "0"; ; {
		a, err := g.run(ctx, usersScript, product, decimal(epoch), cursor)
		if err != nil {
			return err
		}
		var names string
		if cursor, names = a.text(), a.text(); a.err != nil {
			return a.err
		}
		each(names, f)
		if cursor == "0" {
			return nil
		}
	}
}

// each calls f with names that have blanks between them, as no id holds one.
func each(names string, f func(user string)) {
	for name := range strings.FieldsSeq(names) {
		f(name)
	}
}

// Knows is gate.Inspector's.
func (g *Gate) Knows(ctx context.Context, product string, epoch int64, user string, order sale.OrderID) (bool, error) {
	a, err := g.run(ctx, knowsScript, product, decimal(epoch), user, string(order[:]))
	if err != nil {
		return false, err
	}
	return a.number() == 1, a.err
}

// Cut is gate.Inspector's.
func (g *Gate) Cut(ctx context.Context, product string) (c gate.Cut, err error) {
	a, err := g.run(ctx, cutScript, product)
	if err != nil {
		return c, err
	}
	c.View = a.view()
	if c.Outbox, err = a.entries(product); err == nil {
		c.Unpaid = a.counts()
	}
	return c, errors.Join(err, a.err)
}

// Return is gate.Returner's.
func (g *Gate) Return(ctx context.Context, product string, epoch int64, returns []sale.Return) (returned int64, err error) {
	args := make([]string, 0, 1+5*len(returns))
	args = append(args, decimal(epoch))
	for _, r := range returns {
		args = append(args, decimal(r.Number), r.UserID, string(r.OrderID[:]), r.Origin, flag(r.Paid))
	}
	a, err := g.run(ctx, returnScript, product, args...)
	if err != nil {
		return 0, err
	}
	return a.number(), a.err
}
