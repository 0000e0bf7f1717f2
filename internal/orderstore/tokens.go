package orderstore

import (
	"context"
	"crypto/sha256"
	"time"
)

// A Token is what an operator shows, as it is kept: its name, its role, and the hash
// of what was shown once.
type Token struct {
	Name   string
	Role   string
	Hash   [sha256.Size]byte
	MadeAt time.Time // to the millisecond
}

// Tokens keeps the tokens of operators. No record stands for them, so that a fold
// neither makes nor takes them: they stay when the tables are emptied to be folded anew
// (docs/decisions/0029-tokens-beside-the-fold.md).
type Tokens interface {
	// AddToken keeps a token; nil means durable. If there is one of its name it is ErrTaken.
	AddToken(ctx context.Context, t Token) error
	// RevokeToken removes a token; nil means durable. If there is none it is ErrNotFound.
	RevokeToken(ctx context.Context, name string) error
	// Tokens returns all that are kept now, by name.
	Tokens(ctx context.Context) ([]Token, error)
}
