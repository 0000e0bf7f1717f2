package app

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// Where the secret comes from, by what the log and the tables have.
func TestTheSecretOfKeyedOrderIDs(t *testing.T) {
	const of = "\x01\x02\x03"
	for name, c := range map[string]struct {
		logged int    // so many openings, of which only the last has a secret
		kept   string // by the tables
		want   string // empty: a new one
		fails  bool
	}{
		"everything is new":                     {},
		"the tables are new":                    {logged: 1, want: of},
		"and the log was begun without":         {logged: secretLines + 2, want: of},
		"the log is of an earlier program":      {kept: "kept", want: "kept"},
		"both":                                  {logged: 1, kept: of, want: of},
		"both, and they differ":                 {logged: 1, kept: "kept", fails: true},
		"the log has it where nobody need look": {logged: secretLines + 2, kept: of, want: of},
	} {
		t.Run(name, func(t *testing.T) {
			log, store := files(t)
			openings := make([]sale.Record, c.logged)
			for i := range openings {
				openings[i] = sale.Record{
					Kind: sale.KindOpening, ProductID: "p", Epoch: int64(i + 1), Nonce: "n", At: time.Unix(1, 0),
					Terms: sale.Terms{Quantity: 1, LimitPerUser: 1},
				}
			}
			if c.logged > 0 {
				openings[c.logged-1].Secret = "010203"
			}
			if _, err := log.Append(t.Context(), 0, openings); err != nil {
				t.Fatal(err)
			}
			if c.kept != "" {
				if _, err := store.Meta(t.Context(), "secret", []byte(c.kept)); err != nil {
					t.Fatal(err)
				}
			}
			secret, err := secretOf(t.Context(), log, store)
			if c.fails {
				if !errors.Is(err, sale.ErrDamaged) || !strings.Contains(err.Error(), "seckill_meta") {
					t.Errorf("%q, %v", secret, err)
				}
				return
			}
			if err != nil || c.want != "" && string(secret) != c.want || c.want == "" && len(secret) != 32 {
				t.Errorf("%q, %v, not %q", secret, err, c.want)
			}
			if again, err := secretOf(t.Context(), log, store); string(again) != string(secret) {
				t.Errorf("asked again: %q, %v, not %q", again, err, secret)
			}
		})
	}
}

// moody is a store that is away for some questions, and then for some may hold what a
// newer program wrote.
type moody struct {
	orderstore.Keeper
	away, newer int
}

func (m *moody) Alive(context.Context, orderstore.Process) error {
	if m.newer--; m.newer >= 0 {
		return sale.ErrNewer
	}
	return nil
}

func (m *moody) Meta(context.Context, string, []byte) ([]byte, error) {
	if m.away--; m.away >= 0 {
		return nil, sale.ErrUnavailable
	}
	return nil, sale.ErrDamaged
}

// A server that was there a moment ago and is away now is waited for, until whoever
// runs the program ends it.
func TestTheSecretIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &Program{cfg: Config{Log: slog.New(slog.DiscardHandler)}}
		k := keepers{store: &moody{newer: 2, away: 3}}
		told := map[error]int{}
		waiting := func(_ string, why error) { told[why]++ }
		if _, err := p.join(t.Context(), k, waiting); !errors.Is(err, sale.ErrDamaged) {
			t.Errorf("it ended with %v", err)
		}
		if told[sale.ErrNewer] != 2 || told[sale.ErrUnavailable] != 3 {
			t.Errorf("it told of %v", told)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		k.store = &moody{away: 1_000_000}
		if _, err := p.join(ctx, k, waiting); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("it ended with %v", err)
		}
	})
}
