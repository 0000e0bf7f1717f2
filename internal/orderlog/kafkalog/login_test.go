package kafkalog_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"seckill/internal/devstack"
	"seckill/internal/devstack/devtest"
	"seckill/internal/orderlog/kafkalog"
	"seckill/internal/sale"
)

// A broker is believed whom the given authority has signed, and a user whose
// password it knows, or who shows a certificate that it knows, and no other.
func TestTLSAndPasswords(t *testing.T) {
	t.Parallel()
	k := cluster(t, 1)
	shown, shownKey := devtest.Certificate(t)
	at, asks, ca := guarded(t, k, shown)
	users := kadm.NewClient(plainClient(t, parse(t, k.Addr())))
	for _, mechanism := range []kadm.ScramMechanism{kadm.ScramSha256, kadm.ScramSha512} {
		answer, err := users.AlterUserSCRAMs(t.Context(), nil, []kadm.UpsertSCRAM{{User: "shop", Mechanism: mechanism, Iterations: 4096, Password: "a secret"}})
		if err != nil || answer["shop"].Err != nil {
			t.Fatal(err, answer["shop"].Err)
		}
	}
	for _, sasl := range []string{"plain", "scram-sha-256", "scram-sha-512"} {
		l := open(t, parse(t, fmt.Sprintf("kafkas://shop:a%%20secret@%s?ca=%s&sasl=%s", at, ca, sasl)), freshTopic(t))
		mustAppend(t, l, 0, orders(1, 1))
	}
	const showing = "kafkas://%s?ca=%s&cert=%s&key=%s"
	mustAppend(t, open(t, parse(t, fmt.Sprintf(showing, asks, ca, shown, shownKey)), freshTopic(t)), 0, orders(1, 1))
	other, otherKey := devtest.Certificate(t)
	for address, want := range map[string]string{
		"kafkas://shop:a%20secret@" + at + "?ca=" + other:       "certificate",
		"kafkas://shop:another@" + at + "?ca=" + ca:             "authentication",
		"kafkas://nobody:a%20secret@" + at + "?ca=" + ca:        "authentication",
		"kafkas://shop:other@" + at + "?sasl=plain&ca=" + ca:    "authentication",
		"kafka://shop:a%20secret@" + at + "?sasl=scram-sha-512": "",
		"kafkas://" + asks + "?ca=" + ca:                        "certificate",
		fmt.Sprintf(showing, asks, ca, other, otherKey):         "certificate",
	} {
		for patience := 2 * time.Second; ; patience *= 2 { // a broker that is busy has not said why by then
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			_, err := kafkalog.Open(ctx, kafkalog.Options{Brokers: parse(t, address), Topic: freshTopic(t), Log: slog.New(slog.DiscardHandler)})
			cancel()
			told := err != nil && strings.Contains(strings.ToLower(err.Error()), want)
			if !errors.Is(err, sale.ErrUnavailable) || strings.Contains(err.Error(), "secret") || !told && patience > time.Minute {
				t.Fatalf("%s: %v", address, err)
			}
			if told {
				break
			}
		}
	}
}

// guarded starts a Kafka again with two more listeners, for those who have a
// password, and for those who show a certificate that this one vouches for, both
// under a certificate that ca vouches for.
func guarded(t *testing.T, k *devstack.Kafka, client string) (at, asks, ca string) {
	t.Helper()
	at, asks = devtest.FreeAddress(t), devtest.FreeAddress(t)
	ca, key := devtest.Certificate(t)
	both := filepath.Join(t.TempDir(), "both.pem")
	settings := filepath.Join(filepath.Dir(k.Nodes[0].Data()), "server.properties")
	change := func(file string, f func(...[]byte) []byte, sources ...string) {
		var read [][]byte
		for _, s := range sources {
			b, err := os.ReadFile(s)
			if err != nil {
				t.Fatal(err)
			}
			read = append(read, b)
		}
		if err := os.WriteFile(file, f(read...), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	change(both, func(b ...[]byte) []byte { return append(b[0], b[1]...) }, key, ca)
	change(settings, func(b ...[]byte) []byte {
		var lines []string
		for line := range strings.Lines(string(b[0])) {
			switch name, value, _ := strings.Cut(strings.TrimSpace(line), "="); name {
			case "listeners", "advertised.listeners":
				line = name + "=" + value + ",SAFE://" + at + ",ASKS://" + asks + "\n"
			case "listener.security.protocol.map":
				line = name + "=" + value + ",SAFE:SASL_SSL,ASKS:SSL\n"
			}
			lines = append(lines, line)
		}
		return []byte(strings.Join(lines, "") + fmt.Sprintf(safeSettings, both, client))
	}, settings)
	k.Nodes[0].Kill()
	start(t, k.Nodes[0])
	return at, asks, ca
}

const safeSettings = `
listener.name.safe.ssl.keystore.type=PEM
listener.name.safe.ssl.keystore.location=%[1]s
listener.name.asks.ssl.keystore.type=PEM
listener.name.asks.ssl.keystore.location=%[1]s
listener.name.asks.ssl.truststore.type=PEM
listener.name.asks.ssl.truststore.location=%[2]s
listener.name.asks.ssl.client.auth=required
listener.name.safe.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.safe.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_shop="a secret";
listener.name.safe.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.safe.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
`
