package kafkalog_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"testing"

	"seckill/internal/devstack/devtest"
	"seckill/internal/orderlog"
	"seckill/internal/orderlog/kafkalog"
	"seckill/internal/orderlog/logtest"
	"seckill/internal/sale"
)

func TestMain(m *testing.M) { devtest.Main(m) }

func TestConformance(t *testing.T) {
	brokers := shared(t)
	logtest.Exercise(t, func(t *testing.T) logtest.Harness {
		topic := freshTopic(t)
		l := open(t, brokers, topic)
		join := func() orderlog.Keeper { return open(t, brokers, topic) }
		return logtest.Harness{
			Keeper: l,
			Close:  func() { mustClose(t, l) },
			Reopen: func() orderlog.Keeper {
				mustClose(t, l)
				return join()
			},
			Join: join,
			WriteRaw: func(partition int32, product string, kind sale.Kind, version int, epoch int64, raw []byte) {
				if err := l.AppendRaw(t.Context(), partition, product, kind, version, epoch, raw); err != nil {
					t.Fatal(err)
				}
			},
		}
	})
}

// shared is a Kafka of one broker for the tests that leave it alone.
func shared(t testing.TB) kafkalog.Brokers {
	t.Helper()
	return parse(t, devtest.Kafka(t))
}

func parse(t testing.TB, address string) kafkalog.Brokers {
	t.Helper()
	b, err := kafkalog.ParseBrokers(address)
	if err != nil {
		t.Fatalf("brokers %s", err)
	}
	return b
}

// freshTopic is a name that no test had before.
func freshTopic(t testing.TB) string {
	return "test." + rand.Text()
}

// open opens the log and closes it with the test.
func open(t testing.TB, brokers kafkalog.Brokers, topic string) *kafkalog.Log {
	t.Helper()
	l, err := tryOpen(t.Context(), t, brokers, topic)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func tryOpen(ctx context.Context, t testing.TB, brokers kafkalog.Brokers, topic string) (*kafkalog.Log, error) {
	return kafkalog.Open(ctx, kafkalog.Options{Brokers: brokers, Topic: topic, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
}

func mustClose(t testing.TB, l *kafkalog.Log) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}
