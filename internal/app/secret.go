package app

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"seckill/internal/orderlog"
	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// secretLines is how many lines of a partition are read at once for the secret.
const secretLines = 1000

// secrets are those of a deployment, the same in each of its processes.
type secrets struct {
	orders []byte // of keyed order ids
	passes []byte // the key of buyers' passes, which is in the tables alone: whoever reads the log is not to make one
}

// passSecret is the name of secrets.passes in the tables.
const passSecret = "pass_secret"

func secretsOf(ctx context.Context, log orderlog.Reader, store orderstore.Reader) (s secrets, err error) {
	if s.orders, err = secretOf(ctx, log, store); err == nil {
		s.passes, err = store.Meta(ctx, passSecret, random(32))
	}
	return s, err
}

// secretOf is the secret of keyed order ids. The tables have it, and where they are
// new, the openings in the log: tables that are folded anew must know a buyer's key
// again. Tables with another than the log's are ErrDamaged.
func secretOf(ctx context.Context, log orderlog.Reader, store orderstore.Reader) ([]byte, error) {
	kept, err := store.Meta(ctx, "secret", nil)
	if err != nil {
		return nil, err
	}
	logged, err := loggedSecret(ctx, log, kept == nil)
	switch {
	case err != nil:
		return nil, err
	case logged == nil && kept == nil:
		return store.Meta(ctx, "secret", random(32))
	case kept == nil:
		return store.Meta(ctx, "secret", logged)
	case logged != nil && !bytes.Equal(logged, kept):
		return nil, fmt.Errorf("%w: the secret in the tables (seckill_meta) is not the one of the log, so that a repeated Idempotency-Key would buy again: "+
			"remove the key \"secret\" there (embedded: store.db), and it is taken from the log", sale.ErrDamaged)
	}
	return kept, nil
}

// storeName is how Redis knows the store with this secret. Log and tables have it
// both, so it is another one only if both are new; and it does not give it away.
func storeName(secret []byte) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("name of the store"))
	return hex.EncodeToString(mac.Sum(nil)[:8])
}

// loggedSecret is that of the first opening with one; nil: there is none. Only where
// it must does it look beyond the beginnings, as earlier programs did not log it.
func loggedSecret(ctx context.Context, log orderlog.Reader, must bool) ([]byte, error) {
	partitions, err := log.Partitions(ctx)
	if err != nil {
		return nil, err
	}
	for partition := range partitions {
		first, end, err := log.Bounds(ctx, partition)
		if err != nil {
			return nil, err
		}
		if !must {
			end = min(end, first+secretLines)
		}
		for at := first; at < end; {
			lines, err := log.Read(ctx, partition, at, secretLines)
			if err != nil {
				return nil, err
			}
			for _, l := range lines {
				if l.Record.Secret != "" {
					return hex.DecodeString(l.Record.Secret)
				}
			}
			at += int64(len(lines))
		}
	}
	return nil, nil
}
