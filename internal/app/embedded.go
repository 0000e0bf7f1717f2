package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"seckill/internal/backup"
	"seckill/internal/crash"
	"seckill/internal/gate"
	"seckill/internal/gate/memgate"
	"seckill/internal/httpapi"
	"seckill/internal/orderlog/sqlitelog"
	"seckill/internal/orderstore"
	"seckill/internal/orderstore/sqlitestore"
	"seckill/internal/projector"
	"seckill/internal/purchase"
	"seckill/internal/rehearsal"
	"seckill/internal/sale"
	"seckill/internal/verify"
)

// embedded is a sale in one process and one data folder.
type embedded struct {
	cfg    Config
	folder *folder
	log    *sqlitelog.Log
	store  *sqlitestore.Store
}

// openEmbedded takes the address and the data folder.
func openEmbedded(cfg Config) (*Program, error) {
	m := &embedded{cfg: cfg}
	p, err := open(cfg, m)
	if err != nil {
		return nil, err
	}
	if err := m.fill(p); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

func (m *embedded) fill(p *Program) (err error) {
	if p.keepers, err = m.connect(p.work, nil); err != nil {
		return err
	}
	folds := projector.New(m.log, m.store, nil, nil)
	if err = folds.Check(p.work, 0); err != nil {
		return m.folder.advise(fmt.Errorf("%s does not fit %s: %w", m.folder.file("store.db"), m.folder.file("orders.log"), err), nil)
	}
	if err = folds.CheckState(p.work, 0); err != nil {
		return err
	}
	b, err := m.folder.writeEndpoint(p.Addr().String(), p.pair != nil)
	if err != nil {
		return fmt.Errorf("writing serve.json: %w", err)
	}
	s, err := secretsOf(p.work, p.keepers.log, p.keepers.store)
	if err != nil {
		return err
	}
	p.wire(s, internal(b.Key, func(ctx context.Context) (verify.Report, error) { return p.auditor.audit(ctx) }, s.passes))
	return nil
}

func (m *embedded) connect(ctx context.Context, _ func(string, error)) (k keepers, err error) {
	if m.folder, err = openFolder(m.cfg.Data, true); err != nil {
		return k, err
	}
	crash.At("app: the folder is locked")
	if err = m.folder.checkFiles(); err != nil {
		return k, m.folder.advise(err, nil)
	}
	if m.log, err = sqlitelog.Open(ctx, m.folder.file("orders.log")); err != nil {
		return k, m.folder.advise(err, nil)
	}
	if m.store, err = sqlitestore.Open(m.folder.file("store.db"), time.Now); err != nil {
		return k, m.folder.advise(nil, err)
	}
	if err = backup.Unfinished(ctx, m.store); err != nil {
		return k, err
	}
	if err = m.folder.sync(); err != nil {
		return k, err
	}
	return keepers{log: m.log, store: m.store}, nil
}

func (m *embedded) gates([]byte) gate.Keeper {
	return memgate.New(memgate.Options{Now: time.Now, MaxUnrelayed: m.cfg.MaxUnrelayed})
}

func (m *embedded) confirm(context.Context, orderstore.Keeper) purchase.Confirmer {
	return purchase.AfterAppend{}
}

// mayOpen waits for the whole log: what it holds was placed before the gates are.
func (m *embedded) mayOpen(ctx context.Context, p *Program) error { return p.settle.CatchUp(ctx) }

func (m *embedded) barred() error { return nil }

func (m *embedded) halt(newer error) error { return newer }

func (m *embedded) servers(context.Context, keepers) map[string]bool { return nil }

func (m *embedded) condition(context.Context, keepers) (c httpapi.Condition) { return c }

func (m *embedded) failed(ctx context.Context) error {
	select {
	case <-m.log.Failed():
		return m.log.Err()
	case <-ctx.Done():
		return nil
	}
}

func (m *embedded) registry() rehearsal.Registry { return &fileRegistry{folder: m.folder} }

func (m *embedded) placedBy() sale.PlacedBy { return sale.PlacedByLog }

func (m *embedded) close() error {
	var errs []error
	if m.log != nil {
		errs = append(errs, m.log.Close())
	}
	if m.store != nil {
		errs = append(errs, m.store.Close())
	}
	if m.folder != nil {
		errs = append(errs, m.folder.removeEndpoint(), m.folder.close())
	}
	return errors.Join(errs...)
}
