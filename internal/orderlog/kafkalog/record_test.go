package kafkalog_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"seckill/internal/sale"
)

// What anybody who reads the topic finds.
func TestRecordsAreJSONUnderTheirProduct(t *testing.T) {
	brokers, topic := shared(t), freshTopic(t)
	l := open(t, brokers, topic)
	records := []sale.Record{order(1), order(2), {Kind: sale.KindPay, ProductID: "2", Epoch: 4, OrderID: order(1).OrderID, At: order(1).At}, order(3)}
	mustAppend(t, l, 7, records)

	c := plainClient(t, brokers, kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: {7: kgo.NewOffset().AtStart()}}))
	var found []*kgo.Record
	for len(found) < len(records) {
		fetches := c.PollFetches(t.Context())
		if err := fetches.Err(); err != nil {
			t.Fatal(err)
		}
		found = append(found, fetches.Records()...)
	}
	for i, r := range found {
		want := records[i]
		text := fmt.Sprintf("%s %s %s", r.Key, r.Value, r.Headers)
		wantText := fmt.Sprintf("%s %s [{kind %s} {version 1} {epoch %d}]", want.ProductID, want.AppendBody(nil), want.Kind, want.Epoch)
		if text != wantText {
			t.Errorf("record %d is\n%s, want\n%s", i, text, wantText)
		}
	}
}

// Records of strangers, and Kafka's own, are lines like any other: poison, and no holes.
func TestStrangersRecordsArePoison(t *testing.T) {
	brokers, topic := shared(t), freshTopic(t)
	l := open(t, brokers, topic)
	header := func(name, value string) kgo.RecordHeader {
		return kgo.RecordHeader{Key: name, Value: []byte(value)}
	}
	good := order(1)
	kind, version, epoch := header("kind", "order"), header("version", "1"), header("epoch", "3")
	strangers := [][]kgo.RecordHeader{
		nil,
		{version, epoch},
		{kind, epoch},
		{kind, version},
		{kind, header("version", ""), epoch},
		{kind, header("version", "one"), epoch},
		{kind, header("version", "4294967297"), epoch}, // 1, if cut
		{kind, version, header("epoch", "3.0")},
		{kind, version, header("epoch", "9223372036854775808")},
		{kind, version, epoch, version},
		{kind, version, version},
	}
	c := plainClient(t, brokers, kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.TransactionalID(topic))
	if err := c.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	for _, headers := range strangers {
		r := &kgo.Record{Topic: topic, Key: []byte("1"), Value: good.AppendBody(nil), Headers: headers}
		if err := c.ProduceSync(t.Context(), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.EndTransaction(t.Context(), kgo.TryCommit); err != nil { // writes a record of Kafka's own
		t.Fatal(err)
	}
	for end := int64(0); end <= int64(len(strangers)); { // and does so when it likes to
		var err error
		if _, end, err = l.Bounds(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
	}
	if last := mustAppend(t, l, 0, []sale.Record{good}); last != int64(len(strangers))+1 {
		t.Fatalf("the good record is at %d", last)
	}
	for from := int64(0); from < int64(len(strangers))+2; {
		lines, err := l.Read(t.Context(), 0, from, 100)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range lines {
			poison := from+int64(i) <= int64(len(strangers))
			if line.Offset != from+int64(i) || errors.Is(line.Poison, sale.ErrPoison) != poison {
				t.Errorf("line %d is %+v", from+int64(i), line)
			}
		}
		from += int64(len(lines))
	}
}
