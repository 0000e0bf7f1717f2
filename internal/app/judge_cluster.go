package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"seckill/internal/sale"
	"seckill/internal/verify"
)

// catchUpWithin is how long the judge waits for the store to pass the log's end.
const catchUpWithin = 20 * time.Second

// VerifyCluster judges the sale that is kept in a cluster's servers. Where nobody
// runs it, what needs a gate is left out, and stopped says how that was seen. An
// error means that it could not judge.
func VerifyCluster(ctx context.Context, cfg Config) (report verify.Report, stopped string, err error) {
	if err := cfg.checkServers(); err != nil {
		return report, "", err
	}
	m := &cluster{cfg: cfg, looks: true}
	defer func() { err = errors.Join(err, m.close()) }()
	try, cancel := context.WithTimeout(ctx, connectWithin)
	defer cancel()
	if err := errors.Join(m.connectKafka(try), m.connectPostgres(try)); err != nil {
		return report, "", err
	}
	parts := verify.Parts{Log: m.log, Store: m.store, Pause: judgePause}
	if err := m.connectRedis(try); err != nil {
		report, err = verify.Stopped(ctx, parts)
		return report, redis + " cannot be asked", err
	}
	parts.Gate = m.gate
	before, err := m.folded(ctx)
	if err != nil {
		return report, "", err
	}
	report, stopped, err = m.live(ctx, parts)
	if err != nil || stopped == "" {
		return report, "", err
	}
	after, err := m.folded(ctx)
	if err != nil {
		return report, "", err
	}
	if after != before {
		return report, "", fmt.Errorf("%w: %s, and yet the store moves", sale.ErrChangedMeanwhile, stopped)
	}
	report, err = verify.Stopped(ctx, parts)
	return report, stopped, err
}

// live judges a sale that runs; stopped is not empty where it seems that none does.
func (m *cluster) live(ctx context.Context, parts verify.Parts) (report verify.Report, stopped string, err error) {
	limited, cancel := context.WithTimeout(ctx, catchUpWithin)
	defer cancel()
	report, err = verify.Live(limited, parts)
	switch {
	case limited.Err() != nil && ctx.Err() == nil:
		return report, "nobody folds the log", nil
	case errors.Is(err, sale.ErrNoGate), errors.Is(err, sale.ErrFenced), errors.Is(err, sale.ErrShut):
		return report, "nobody opens the gates", nil
	}
	return report, "", err
}

// folded is how many records the store has met.
func (m *cluster) folded(ctx context.Context) (n int64, err error) {
	partitions, err := m.log.Partitions(ctx)
	if err != nil {
		return 0, err
	}
	for p := range partitions {
		mark, err := m.store.Mark(ctx, p)
		if err != nil {
			return 0, err
		}
		n += mark.Next
	}
	return n, nil
}
