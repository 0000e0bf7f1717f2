package storetest

import (
	"crypto/sha256"
	"sync"
	"sync/atomic"
	"time"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

func token(name, role string) orderstore.Token {
	return orderstore.Token{Name: name, Role: role, Hash: sha256.Sum256([]byte("of " + name)), MadeAt: written}
}

func (w *world) tokens(want ...orderstore.Token) {
	w.Helper()
	got, err := w.Keeper.Tokens(w.ctx)
	for i := range got {
		got[i].MadeAt = got[i].MadeAt.In(time.UTC)
	}
	equal(w, "tokens", got, want, err)
}

func (w *world) added(t orderstore.Token) {
	w.Helper()
	if err := w.Keeper.AddToken(w.ctx, t); err != nil {
		w.Fatal(err)
	}
}

// What is added is there at once, by name, until it is revoked; its name can be given again.
func tokensComeAndGo(w *world) {
	w.tokens()
	ann, bob := token("ann", "view"), token("Bob", "operate")
	w.added(ann)
	w.added(bob)
	w.tokens(bob, ann)
	w.refused("a name that is taken", w.Keeper.AddToken(w.ctx, token("ann", "operate")), sale.ErrTaken)
	w.refused("a token that never was", w.Keeper.RevokeToken(w.ctx, "carol"), sale.ErrNotFound)
	w.tokens(bob, ann)
	if err := w.Keeper.RevokeToken(w.ctx, "ann"); err != nil {
		w.Fatal(err)
	}
	w.tokens(bob)
	w.refused("a token that was revoked", w.Keeper.RevokeToken(w.ctx, "ann"), sale.ErrNotFound)
	again := ann
	again.Hash = sha256.Sum256([]byte("another"))
	w.added(again)
	w.Keeper = w.Reopen()
	w.tokens(bob, again)
}

// Of many who add one name at once, one does.
func tokensOfOneName(w *world) {
	var all sync.WaitGroup
	var added atomic.Int64
	for range 8 {
		all.Go(func() {
			switch err := w.Keeper.AddToken(w.ctx, token("ann", "view")); {
			case err == nil:
				added.Add(1)
			default:
				w.refused("a name that is taken", err, sale.ErrTaken)
			}
		})
	}
	all.Wait()
	if added.Load() != 1 {
		w.Errorf("%d of 8 added the one name", added.Load())
	}
	w.tokens(token("ann", "view"))
}

// Tokens are no part of the fold: neither a deleted product nor tables that are
// continued, or emptied and folded anew, take them.
func tokensStay(w *world) {
	ann := token("ann", "view")
	w.added(ann)
	w.old()
	w.tokens(ann)
	to := another(1, 0, 2)
	if err := w.Keeper.Renew(w.ctx, w.marks, to); err != nil {
		w.Fatal(err)
	}
	w.tokens(ann)
	if err := w.Keeper.Renew(w.ctx, to, nil); err != nil {
		w.Fatal(err)
	}
	w.tokens(ann)
}
