package app

import (
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"seckill/internal/backup"
	"seckill/internal/orderlog/sqlitelog"
	"seckill/internal/orderstore/sqlitestore"
	"seckill/internal/sale"
	"seckill/internal/verify"
)

// auditPause is between two looks at a gate that did not stand still.
func auditPause(ctx context.Context) error { return sleep(ctx, time.Second) }

// What the process that runs a sale is asked by the commands beside it.
const (
	internalVerify  = "/internal/verify"
	internalPassKey = "/internal/pass-key"
)

// internal answers them: only whoever may read the data folder has the key.
func internal(key string, judge func(context.Context) (verify.Report, error), passKey []byte) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc(internalVerify, func(w http.ResponseWriter, r *http.Request) {
		report, err := judge(r.Context())
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(report) // who does not read the answer has gone
	})
	mux.HandleFunc(internalPassKey, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(passKey) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+key)) != 1 {
			http.Error(w, "wrong key", http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// Verify judges the sale in a data folder: through the process that runs it, or,
// if none does, from the files. live tells which. An error means that it
// could not judge.
func Verify(ctx context.Context, data string) (report verify.Report, live bool, err error) {
	f, err := openFolder(data, false)
	if errors.Is(err, ErrInUse) {
		answer, err := askServer(ctx, data, internalVerify)
		if err == nil {
			err = json.Unmarshal(answer, &report)
		}
		return report, true, err
	}
	if err != nil {
		return report, false, err
	}
	report, err = auditFolder(ctx, f)
	return report, false, errors.Join(err, f.close())
}

func auditFolder(ctx context.Context, f *folder) (report verify.Report, err error) {
	if err := f.checkFiles(); err != nil {
		return damage(report, f.advise(err, nil))
	}
	log, err := sqlitelog.Open(ctx, f.file("orders.log"))
	if err != nil {
		return damage(report, f.advise(err, nil))
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	store, err := sqlitestore.Open(f.file("store.db"), time.Now)
	if err != nil {
		return damage(report, f.advise(nil, err))
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if err := backup.Unfinished(ctx, store); err != nil {
		return report, err
	}
	return verify.Stopped(ctx, verify.Parts{Log: log, Store: store, Placed: sale.PlacedByLog})
}

// damage is a file that cannot even be opened as what it is: a finding.
func damage(r verify.Report, err error) (verify.Report, error) {
	if !errors.Is(err, sale.ErrDamaged) {
		return r, err
	}
	r.Findings = append(r.Findings, verify.DamagedFile(err))
	return r, nil
}

// askServer asks the process that holds the folder.
func askServer(ctx context.Context, data, path string) ([]byte, error) {
	b, err := readEndpoint(data)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("data folder %s: %w, and it does not say where it listens", data, ErrInUse)
	}
	if err != nil {
		return nil, fmt.Errorf("reading serve.json: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, scheme(b.TLS)+b.Address+path, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+b.Key)
	answer, err := Own.Do(r)
	if err != nil {
		return nil, fmt.Errorf("asking the server at %s: %w", b.Address, err)
	}
	defer func() { _ = answer.Body.Close() }() // it has been read
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the server at %s: %s", b.Address, bytes.TrimSpace(body))
	}
	return body, nil
}

// VerifyCluster judges the sale that is kept in a cluster's servers. If it was not
// seen to run, what needs a gate is left out, and idle says how that was seen. An
// error means that it could not judge.
func VerifyCluster(ctx context.Context, cfg Config) (report verify.Report, idle string, err error) {
	if err := cfg.checkServers(); err != nil {
		return report, "", err
	}
	m := newCluster(cfg, true)
	defer func() { err = errors.Join(err, m.close()) }()
	if err := connectEach(ctx, m.connectKafka, m.connectPostgres); err != nil {
		return report, "", err
	}
	parts := verify.Parts{Log: m.log, Store: m.store, Pause: auditPause, Placed: m.placedBy()}
	if err := connectOnce(ctx, m.connectRedis); err != nil {
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
