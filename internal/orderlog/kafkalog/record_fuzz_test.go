package kafkalog

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"seckill/internal/sale"
)

// A record that is taken has each of our headers once, and is written as one that
// is read again. Any other is poison.
func FuzzLine(f *testing.F) {
	order := sale.Record{Kind: sale.KindOrder, ProductID: "1", Epoch: 3, UserID: "u", Seq: 7, At: time.UnixMilli(1_778_000_000_000).UTC()}
	body := order.AppendBody(nil)
	f.Add([]byte("1"), body, "kind", "order", "version", "1", "epoch", "3", "trace", "x")
	f.Add([]byte("1"), body, "kind", "order", "version", "1", "epoch", "3", "kind", "pay")
	f.Add([]byte("1"), body, "kind", "order", "version", "1", "version", "1", "", "")
	f.Add([]byte("2"), body, "kind", "order", "version", "1", "epoch", "3.0", "", "")
	f.Add([]byte(nil), []byte(nil), "", "", "", "", "", "", "", "")
	f.Fuzz(func(t *testing.T, key, value []byte, n1, v1, n2, v2, n3, v3, n4, v4 string) {
		r := &kgo.Record{Key: key, Value: value, Offset: 5, LeaderEpoch: 2}
		times := map[string]int{}
		for _, h := range [][2]string{{n1, v1}, {n2, v2}, {n3, v3}, {n4, v4}} {
			r.Headers = append(r.Headers, kgo.RecordHeader{Key: h[0], Value: []byte(h[1])})
			times[h[0]]++
		}
		l, err := line(r)
		if err != nil {
			if !errors.Is(err, sale.ErrNewer) {
				t.Error(err)
			}
			return
		}
		if l.Offset != 5 || l.Leader != 2 {
			t.Errorf("it stands at %d of leader %d", l.Offset, l.Leader)
		}
		if l.Poison != nil {
			if !errors.Is(l.Poison, sale.ErrPoison) || string(l.Raw) != string(value) {
				t.Errorf("%v, raw %q", l.Poison, l.Raw)
			}
			return
		}
		for _, name := range []string{kindHeader, versionHeader, epochHeader} {
			if times[name] != 1 {
				t.Errorf("%s stands there %d times, and it is taken for %+v", name, times[name], l.Record)
			}
		}
		again := encode("t", 0, []sale.Record{l.Record})
		if got, err := line(&again[0]); err != nil || got.Poison != nil || got.Record != l.Record || got.Product != string(key) {
			t.Errorf("%+v comes back as %+v", l, got)
		}
	})
}

// What is no address of brokers is refused without showing the password.
func FuzzBrokers(f *testing.F) {
	const secret = "kept-to-oneself"
	for _, hosts := range []string{"a:9092", "a:9092,b:9092", "a", "", ":", "[::1]:9092", "a:9092/", "@", "a:9092@b:1"} {
		for _, query := range []string{"", "tls=true", "sasl=plain", "sasl=", "%zz", "ca=", "password_file="} {
			f.Add("kafkas", "u", hosts, query)
		}
	}
	f.Fuzz(func(t *testing.T, scheme, user, hosts, query string) {
		for _, address := range []string{hosts, scheme + "://" + user + ":" + secret + "@" + hosts + "?" + query} {
			b, err := ParseBrokers(address)
			shown := b.String()
			if err != nil {
				shown += err.Error()
			}
			if strings.Contains(shown, secret) && !strings.Contains(user+hosts+query+scheme, secret) {
				t.Errorf("%s shows the password: %s", strconv.Quote(address), shown)
			}
			if err == nil && len(b.seeds) == 0 {
				t.Errorf("%q names no broker", address)
			}
		}
	})
}
