// Package identity says who a buyer is.
//
// It promises that nobody is taken for a buyer without one of three proofs: a JWT that a key of the
// shop signed, a pass that this deployment minted, or, if the operator has said so, a header that a
// trusted proxy set. A proof that is altered, of another deployment, issuer or audience, not yet valid
// or expired, proves nothing. A pass is checked without asking anybody, and whatever somebody sends costs
// one signature at most: the keys of a URL are fetched at most once a minute, whatever key a token names.
//
// Every method is safe for concurrent use.
package identity

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"seckill/internal/sale"
)

// Why a request proves no buyer.
var (
	// ErrNone: there is no proof.
	ErrNone = errors.New("no proof of who the buyer is")
	// ErrWrong: there is one, and it is good for nothing.
	ErrWrong = errors.New("the proof is not valid")
	// ErrEnded: it was good, and is over.
	ErrEnded = errors.New("the proof has ended")
)

// MaxGroups is how many groups a pass carries at most: it has to fit into a cookie.
const MaxGroups = 16

// A Buyer is who a proof stands for.
type Buyer struct {
	User   string
	Groups []string
	Until  time.Time // when the proof ends, to the second; zero: it is good for this request only
	// Rehearsal: good for the products of rehearsals only.
	Rehearsal bool
	// Challenged: a challenge was passed for it.
	Challenged bool
}

// check returns an error for what cannot stand in a pass.
func (b *Buyer) check() error {
	if !sale.CheckUser(b.User) {
		return fmt.Errorf("%q is no user id", b.User)
	}
	if len(b.Groups) > MaxGroups {
		return fmt.Errorf("more than %d groups", MaxGroups)
	}
	for _, g := range b.Groups {
		if !sale.CheckUser(g) {
			return fmt.Errorf("%q is no group", g)
		}
	}
	return nil
}

// proven makes a Buyer of what a shop says. Groups that no product can ask for, and those
// beyond MaxGroups, are left out.
func proven(user string, groups []string, until time.Time) (Buyer, error) {
	groups = slices.DeleteFunc(groups, func(g string) bool { return !sale.CheckUser(g) })
	b := Buyer{User: user, Groups: groups[:min(len(groups), MaxGroups)], Until: until}
	if err := b.check(); err != nil {
		return Buyer{}, fmt.Errorf("%w: %w", ErrWrong, err)
	}
	return b, nil
}
