package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"seckill/internal/orderlog/kafkalog"
	"seckill/internal/orderstore"
	"seckill/internal/recovery"
	"seckill/internal/sale"
)

// recoverCluster puts the log in Kafka and the tables in Postgres together again.
func recoverCluster(ctx context.Context, cfg Config, agree Agree) (done bool, err error) {
	if err := cfg.checkServers(); err != nil {
		return false, err
	}
	m := newCluster(cfg, true)
	defer func() { err = errors.Join(err, m.close()) }()
	try, cancel := context.WithTimeout(ctx, connectWithin)
	defer cancel()
	if err := m.connectPostgres(try); err != nil {
		if errors.Is(err, sale.ErrNotFound) { // there are no tables
			err = nil
		}
		return false, err
	}
	held, release, err := m.store.LockRecovery(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	done, err = m.recover(held, agree)
	if lost := context.Cause(held); err != nil && held.Err() != nil && ctx.Err() == nil {
		err = lost
	}
	return done, err
}

// recover looks again after whoever agreed to what it found: that may have taken hours, in which servers came
// back and processes were started. It does what was agreed to only if it would still say the same.
func (m *cluster) recover(ctx context.Context, agree Agree) (done bool, err error) {
	becomes := fmt.Sprintf("the topic %s is deleted, and made anew", kafkalog.Topic)
	for agreed := ""; ; {
		plan, err := m.look(ctx)
		if err != nil || plan.Act == recovery.Nothing {
			return false, err
		}
		var says strings.Builder
		plan.Print(&says, becomes)
		if says.String() == agreed {
			return true, m.do(ctx, plan)
		}
		if !agree(plan, becomes) {
			return false, ErrDeclined
		}
		agreed = says.String()
		if err := m.quiet(ctx); err != nil {
			return false, err
		}
	}
}

func (m *cluster) do(ctx context.Context, plan *recovery.Plan) error {
	if plan.Act == recovery.Refold {
		return plan.Renew(ctx, nil)
	}
	return m.continueTables(ctx, plan)
}

// look opens the log that there is now, and passes no log as one.
func (m *cluster) look(ctx context.Context) (*recovery.Plan, error) {
	if m.log != nil {
		if err := m.log.Close(); err != nil {
			return nil, err
		}
		m.log = nil
	}
	gone := connectOnce(ctx, m.connectKafka)
	switch {
	case gone == nil:
		return recovery.Look(ctx, m.log, nil, m.store)
	case errors.Is(gone, sale.ErrNotFound):
		return recovery.Look(ctx, nil, gone, m.store)
	}
	return nil, gone
}

// quiet waits until no process of the sale is alive, and is an error if one stays:
// one that was killed is taken to be alive for a while.
func (m *cluster) quiet(ctx context.Context) error {
	for began := time.Now(); ; {
		alive, err := m.store.Living(ctx)
		if err != nil || len(alive) == 0 {
			return err
		}
		if time.Since(began) > 2*orderstore.ProcessGone {
			return fmt.Errorf("the process %s (%s) of this sale is running: end all of them first", alive[0].Place, alive[0].Role)
		}
		if err := sleep(ctx, time.Second); err != nil {
			return err
		}
	}
}

func (m *cluster) continueTables(ctx context.Context, plan *recovery.Plan) error {
	if err := plan.Settle(ctx); err != nil {
		return err
	}
	brokers, err := kafkalog.ParseBrokers(m.cfg.Kafka)
	if err != nil {
		return err
	}
	if m.log != nil {
		if n, err := m.log.Partitions(ctx); err == nil {
			plan.Partitions = max(plan.Partitions, n)
		}
		if err := m.log.Close(); err != nil {
			return err
		}
		m.log = nil
	}
	m.log, err = kafkalog.Open(ctx, kafkalog.Options{Brokers: brokers, Topic: kafkalog.Topic, Anew: true, Least: plan.Partitions, Log: m.cfg.Log})
	if err != nil {
		return err
	}
	to, err := plan.Write(ctx, m.log, time.Now())
	if err != nil {
		return err
	}
	return plan.Renew(ctx, to)
}
