package app

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"seckill/internal/devstack"
	"seckill/internal/orderlog"
	"seckill/internal/orderlog/kafkalog"
	"seckill/internal/orderstore/pgstore"
	"seckill/internal/recovery"
	"seckill/internal/sale"
)

// Between what recover says and the yes of who reads it hours may pass: it does nothing to a log that is not as it said.
func TestRecoverLooksAgainAfterTheYes(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts Kafka and Postgres")
	}
	k, err := devstack.StartKafka(t.Context(), t.TempDir(), 1)
	if errors.Is(err, devstack.ErrMissing) {
		t.Skipf("SKIPPED: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	p, err := devstack.StartPostgres(t.Context(), t.TempDir())
	if errors.Is(err, devstack.ErrMissing) {
		t.Skipf("SKIPPED: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	brokers, err := kafkalog.ParseBrokers(k.Addr())
	if err != nil {
		t.Fatal(err)
	}
	store, err := pgstore.Open(t.Context(), p.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	made := func(anew bool) *kafkalog.Log {
		t.Helper()
		log, err := kafkalog.Open(t.Context(), kafkalog.Options{Brokers: brokers, Topic: kafkalog.Topic, Anew: anew, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		return log
	}
	source := func() orderlog.Source {
		t.Helper()
		log := made(false)
		defer log.Close()
		s, err := log.Source(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	first := made(false)
	opening := sale.Record{Kind: sale.KindOpening, ProductID: "a", Epoch: 1, Nonce: "n", At: time.Now(), Terms: sale.Terms{Quantity: 1, LimitPerUser: 1}}
	_, err = first.Append(t.Context(), 0, []sale.Record{opening})
	if err == nil {
		_, err = recovery.Fold(t.Context(), first, store, 0)
	}
	if err := errors.Join(err, first.Close(), made(true).Close()); err != nil { // and then the topic was made anew
		t.Fatal(err)
	}
	cfg := Config{Redis: "redis://127.0.0.1:1", Kafka: k.Addr(), Postgres: p.URL(), Log: slog.New(slog.DiscardHandler)}

	// Somebody makes the topic anew once more: whoever agreed is told of that one.
	var told []orderlog.Source
	done, err := Recover(t.Context(), cfg, func(*recovery.Plan, string) bool {
		if len(told) == 0 {
			if err := made(true).Close(); err != nil {
				t.Fatal(err)
			}
		}
		told = append(told, source())
		return len(told) == 1
	})
	if done || !errors.Is(err, ErrDeclined) || len(told) != 2 || source() != told[1] {
		t.Errorf("a topic that was made anew: %v, %v, asked of %v, and now it is %v", done, err, told, source())
	}

	// The lock goes with its session, and another recover has done it all.
	yes := func(*recovery.Plan, string) bool { return true }
	var by orderlog.Source
	done, err = Recover(t.Context(), cfg, func(*recovery.Plan, string) bool {
		c, err := pgx.Connect(t.Context(), p.URL())
		if err == nil {
			defer c.Close(t.Context())
			_, err = c.Exec(t.Context(), "SELECT pg_terminate_backend(pid, 3600000) FROM pg_locks WHERE locktype = 'advisory'")
		}
		if err != nil {
			t.Fatal(err)
		}
		if other, err := Recover(t.Context(), cfg, yes); !other || err != nil {
			t.Errorf("the other one: %v, %v", other, err)
		}
		by = source()
		return true
	})
	if done || err != nil && !errors.Is(err, sale.ErrUnavailable) || source() != by {
		t.Errorf("another recover: %v, %v; it left %v, and now it is %v", done, err, by, source())
	}
}
