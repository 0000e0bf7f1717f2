package kafkalog_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"

	"seckill/internal/orderlog"
	"seckill/internal/orderlog/kafkalog"
	"seckill/internal/sale"
)

func TestTheTopicIsMadeForGood(t *testing.T) {
	brokers, topic := shared(t), freshTopic(t)
	l := open(t, brokers, topic)
	if n, err := l.Partitions(t.Context()); n != 12 || err != nil {
		t.Fatalf("it has %d partitions, %v", n, err)
	}
	wantWarnings(t, l)
}

// wantWarnings checks that there is a warning with each of these words, and no other.
func wantWarnings(t *testing.T, l *kafkalog.Log, words ...string) {
	t.Helper()
	warnings, err := l.Check(t.Context())
	if err != nil || len(warnings) != len(words) {
		t.Fatalf("Check warns %q, %v; want %q", warnings, err, words)
	}
	for i, w := range words {
		if !strings.Contains(warnings[i], w) {
			t.Errorf("Check warns %q, want %q", warnings[i], w)
		}
	}
}

func TestCheckWarnsOfWhatEndangersThePromise(t *testing.T) {
	brokers, topic := shared(t), freshTopic(t)
	l, a := open(t, brokers, topic), admin(t, brokers)
	setTopic(t, a, topic, "cleanup.policy", "compact,delete", "retention.ms", "604800000", "retention.bytes", "1000000",
		"unclean.leader.election.enable", "true")
	wantWarnings(t, l, "cleanup.policy is compact,delete", "retention.ms is 604800000", "retention.bytes is 1000000", "unclean.leader.election.enable is true")
	setTopic(t, a, topic, "cleanup.policy", "delete", "retention.ms", "-1", "retention.bytes", "-1",
		"unclean.leader.election.enable", "false", "flush.messages", "1000")
	wantWarnings(t, l, "flush.messages is 1000")
	if _, err := l.Append(t.Context(), 0, orders(1, 1)); err != nil {
		t.Errorf("a warning is no refusal: %v", err)
	}
}

// Who only looks makes nothing.
func TestATopicThatIsMissingIsNotMade(t *testing.T) {
	brokers, topic := shared(t), freshTopic(t)
	existing := kafkalog.Options{Brokers: brokers, Topic: topic, Existing: true, Log: slog.New(slog.DiscardHandler)}
	for range 2 {
		if l, err := kafkalog.Open(t.Context(), existing); !errors.Is(err, sale.ErrNotFound) || !strings.Contains(err.Error(), topic) {
			t.Fatalf("%v, %v", l, err)
		}
	}
	open(t, brokers, topic)
	l, err := kafkalog.Open(t.Context(), existing)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

// An operator's own topic is taken as it is.
func TestATopicThatIsThereIsTaken(t *testing.T) {
	brokers, topic := shared(t), freshTopic(t)
	if _, err := admin(t, brokers).CreateTopic(t.Context(), 3, 1, nil, topic); err != nil {
		t.Fatal(err)
	}
	l := open(t, brokers, topic)
	if n, err := l.Partitions(t.Context()); n != 3 || err != nil {
		t.Fatalf("it has %d partitions, %v", n, err)
	}
	for _, p := range []int32{-1, 3} {
		if _, err := l.Append(t.Context(), p, orders(1, 1)); !errors.Is(err, sale.ErrDamaged) {
			t.Errorf("Append to partition %d: %v", p, err)
		}
	}
}

// An operator adds partitions: whoever runs finds them, is dealt them, and appends to them.
func TestPartitionsAreAdded(t *testing.T) {
	brokers, topic := shared(t), freshTopic(t)
	seller, projector := open(t, brokers, topic), open(t, brokers, topic)
	mustAppend(t, seller, 0, orders(1, 1)) // its client knows the topic as it was
	dealt, ctx := make(chan int32, 100), t.Context()
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() {
		ended <- projector.Run(ctx, func(ctx context.Context, partition int32) error {
			dealt <- partition
			lines, err := projector.Read(ctx, partition, 0, 1)
			if err == nil && partition == 13 && lines[0].Record.Seq != 1 {
				t.Errorf("partition 13 has %+v", lines[0].Record)
			}
			<-ctx.Done()
			return err
		})
	}()
	for range 12 {
		<-dealt
	}
	answers, err := admin(t, brokers).UpdatePartitions(t.Context(), 14, topic)
	if err == nil {
		err = answers.Error()
	}
	if err != nil {
		t.Fatal(err)
	}
	for err = sale.ErrUnavailable; err != nil; { // until the brokers know them
		if _, err = seller.Append(t.Context(), 13, orders(1, 1)); err != nil && !errors.Is(err, sale.ErrUnavailable) && !errors.Is(err, sale.ErrDamaged) {
			t.Fatal(err)
		}
	}
	for more := []int32{<-dealt, <-dealt}; more[0]+more[1] != 12+13; {
		t.Fatalf("it was dealt %v", more)
	}
	for n := int32(0); n != 14; {
		if n, err = projector.Partitions(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// Whoever reads or writes a topic that was deleted and made anew is told, and
// nothing of the one log comes into the other.
func TestATopicMadeAnewIsDamage(t *testing.T) {
	brokers, topic := shared(t), freshTopic(t)
	old := open(t, brokers, topic)
	mustAppend(t, old, 0, orders(1, 3))
	before, err := old.Source(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	waiting := make(chan error, 1)
	go func() {
		_, err := old.Read(t.Context(), 0, 3, 10)
		waiting <- err
	}()

	deleteTopic(t, admin(t, brokers), topic)
	if _, err := old.Source(t.Context(), 0); !errors.Is(err, sale.ErrUnavailable) {
		t.Errorf("Source of a topic that is gone: %v", err)
	}
	anew := open(t, brokers, topic)
	mustAppend(t, anew, 0, orders(1, 10))

	if _, err := old.Append(t.Context(), 0, orders(4, 1)); !errors.Is(err, sale.ErrDamaged) {
		t.Errorf("Append: %v", err)
	}
	if _, err := old.Read(t.Context(), 0, 1, 10); !errors.Is(err, sale.ErrDamaged) {
		t.Errorf("Read: %v", err)
	}
	if err := untilOther(t, old, waiting); !errors.Is(err, sale.ErrDamaged) {
		t.Errorf("Read that waited: %v", err)
	}
	after, err := old.Source(t.Context(), 0)
	if err != nil || after.Topic == before.Topic || after.Cluster != before.Cluster {
		t.Errorf("Source was %+v, and is %+v, %v", before, after, err)
	}
	if _, end, err := anew.Bounds(t.Context(), 0); end != 10 || err != nil {
		t.Errorf("the new log ends at %d, %v", end, err)
	}
}

// The leaders of a topic that is made anew count from nothing again: what was known of those before says nothing of it.
func TestALifeOfATopicHasLeadersOfItsOwn(t *testing.T) {
	t.Parallel()
	k, err := kfake.NewCluster(kfake.NumBrokers(2))
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	brokers := parse(t, k.ListenAddrs()[0])
	old := open(t, brokers, kafkalog.Topic)
	mustAppend(t, old, 0, orders(1, 3))
	for _, leader := range []int32{0, 1, 0} {
		if err := k.MoveTopicPartition(kafkalog.Topic, 0, leader); err != nil {
			t.Fatal(err)
		}
	}
	before, err := old.Source(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	anew, err := kafkalog.Open(t.Context(), kafkalog.Options{Brokers: brokers, Topic: kafkalog.Topic, Anew: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer anew.Close()
	for who, l := range map[string]*kafkalog.Log{"who made it anew": anew, "who was there before": old} {
		if s, err := l.Source(t.Context(), 0); err != nil || s.Topic == before.Topic || s.Leader >= before.Leader {
			t.Errorf("%s: Source was %+v, and is %+v, %v", who, before, s, err)
		}
		if first, end, err := l.Bounds(t.Context(), 0); first != 0 || end != 0 || err != nil {
			t.Errorf("%s: %d to %d, %v", who, first, end, err)
		}
	}
	deleteTopic(t, admin(t, brokers), kafkalog.Topic)
	if _, err := admin(t, brokers).CreateTopic(t.Context(), 3, 1, nil, kafkalog.Topic); err != nil {
		t.Fatal(err)
	}
	if s, err := old.Source(t.Context(), 11); err != nil || s.Topic == before.Topic {
		t.Errorf("of a topic that has fewer partitions: Source is %+v, %v", s, err)
	}
}

// A Read ends whose client brings nothing of what is there, and the next one has it.
func TestAClientThatBringsNothing(t *testing.T) {
	t.Parallel()
	l := open(t, shared(t), freshTopic(t))
	mustAppend(t, l, 0, orders(1, 3))
	if err := l.Deafen(0, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Read(t.Context(), 0, 1, 10); !errors.Is(err, sale.ErrUnavailable) {
		t.Errorf("Read by that client: %v", err)
	}
	if lines, err := l.Read(t.Context(), 0, 1, 10); len(lines) != 2 || err != nil {
		t.Errorf("Read after it: %d lines, %v", len(lines), err)
	}
}

// untilOther is the error of a Read at 3 that waited while the topic went, asked
// again as long as it is ErrUnavailable, as a projector does.
func untilOther(t *testing.T, l *kafkalog.Log, waiting <-chan error) error {
	err := <-waiting
	for errors.Is(err, sale.ErrUnavailable) {
		_, err = l.Read(t.Context(), 0, 3, 10)
	}
	return err
}

func TestWhatIsNoLongerKeptIsDamage(t *testing.T) {
	brokers, topic := shared(t), freshTopic(t)
	l := open(t, brokers, topic)
	mustAppend(t, l, 0, orders(1, 5))
	if err := deleteRecords(t, brokers, topic, 2); err != nil {
		t.Fatal(err)
	}
	if first, end, err := l.Bounds(t.Context(), 0); first != 2 || end != 5 || err != nil {
		t.Errorf("Bounds are %d, %d, %v", first, end, err)
	}
	for from := range int64(2) {
		if _, err := l.Read(t.Context(), 0, from, 10); !errors.Is(err, sale.ErrDamaged) {
			t.Errorf("Read from %d: %v", from, err)
		}
	}
	if lines, err := l.Read(t.Context(), 0, 2, 10); err != nil || lines[0].Record != order(3) {
		t.Errorf("Read from 2: %+v, %v", lines, err)
	}
}

func TestOpenGivesUpWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error)
	go func() {
		_, err := tryOpen(ctx, t, parse(t, "127.0.0.1:1"), freshTopic(t))
		failed <- err
	}()
	cancel()
	if err := <-failed; !errors.Is(err, sale.ErrUnavailable) || !errors.Is(err, context.Canceled) {
		t.Errorf("Open: %v", err)
	}
}

func mustAppend(t testing.TB, l orderlog.Appender, partition int32, records []sale.Record) (last int64) {
	t.Helper()
	at, err := l.Append(t.Context(), partition, records)
	if err != nil {
		t.Fatalf("Append: %v", err)
	}
	return at.Offset
}
