package app

import (
	"context"
	"errors"

	"seckill/internal/verify"
)

// VerifyCluster judges the sale that is kept in a cluster's servers. Where it was not
// seen to run, what needs a gate is left out, and idle says how that was seen. An
// error means that it could not judge.
func VerifyCluster(ctx context.Context, cfg Config) (report verify.Report, idle string, err error) {
	if err := cfg.checkServers(); err != nil {
		return report, "", err
	}
	m := newCluster(cfg, true)
	defer func() { err = errors.Join(err, m.close()) }()
	try, cancel := context.WithTimeout(ctx, connectWithin)
	defer cancel()
	if err := errors.Join(m.connectKafka(try), m.connectPostgres(try)); err != nil {
		return report, "", err
	}
	parts := verify.Parts{Log: m.log, Store: m.store, Pause: auditPause}
	if err := m.connectRedis(try); err != nil {
		report, err = verify.Stopped(ctx, parts)
		return report, redis + " cannot be asked", err
	}
	secret, err := m.knownSecret(ctx)
	if err != nil {
		return report, "", err
	}
	parts.Gate = m.gate.Of(storeName(secret))
	return verify.AsFound(ctx, parts)
}

// knownSecret is the one that those who sell go by: the log's, if it has one.
func (m *cluster) knownSecret(ctx context.Context) ([]byte, error) {
	secret, err := loggedSecret(ctx, m.log, true)
	if secret == nil && err == nil {
		secret, err = m.store.Meta(ctx, "secret", nil)
	}
	return secret, err
}
