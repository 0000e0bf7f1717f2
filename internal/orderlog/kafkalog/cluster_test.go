package kafkalog_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"seckill/internal/devstack"
	"seckill/internal/orderlog/kafkalog"
	"seckill/internal/sale"
)

// cluster is a Kafka of the test's own.
func cluster(t testing.TB, brokers int) *devstack.Kafka {
	t.Helper()
	k, err := devstack.StartKafka(t.Context(), t.TempDir(), brokers)
	if errors.Is(err, devstack.ErrMissing) {
		t.Skipf("SKIPPED: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	return k
}

func start(t testing.TB, n *devstack.Node) {
	t.Helper()
	if err := n.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// A listener is told what is logged.
type listener chan string

func (l listener) Write(line []byte) (int, error) {
	l <- string(line)
	return len(line), nil
}

// While no broker is there, a log that is open says so within bounded time, and
// Open says for what it waits, once. Both go on when the broker comes.
func TestNoBrokerIsThere(t *testing.T) {
	t.Parallel()
	k := cluster(t, 1)
	l := open(t, parse(t, k.Addr()), kafkalog.Topic)
	mustAppend(t, l, 0, orders(1, 3))
	k.Nodes[0].Kill()
	said, opened := make(listener, 100), make(chan error, 1)
	go func() {
		other, err := kafkalog.Open(t.Context(), kafkalog.Options{
			Brokers: parse(t, k.Addr()), Topic: freshTopic(t), Log: slog.New(slog.NewTextHandler(said, nil)),
		})
		if err == nil {
			_, err = other.Append(t.Context(), 0, orders(1, 1))
			other.Close()
		}
		opened <- err
	}()
	wantNobodyAnswers(t, l)
	first := <-said
	if !strings.Contains(first, k.Addr()) || !strings.Contains(first, "refused") {
		t.Errorf("Open says %s", first)
	}
	start(t, k.Nodes[0])
	if err := <-opened; err != nil {
		t.Error(err)
	}
	close(said)
	for line := range said {
		if line == first {
			t.Errorf("Open says again %s", line)
		}
	}
	if last := mustAppend(t, l, 0, orders(5, 1)); last < 3 {
		t.Errorf("after 3 records, and one in doubt, the next is at %d", last)
	}
}

// wantNobodyAnswers checks the errors of a log whose brokers are away.
func wantNobodyAnswers(t *testing.T, l *kafkalog.Log) {
	t.Helper()
	var all sync.WaitGroup
	for name, call := range map[string]func() error{
		"Append": func() error { _, err := l.Append(t.Context(), 0, orders(4, 1)); return err },
		"Bounds": func() error { _, _, err := l.Bounds(t.Context(), 0); return err },
		"Append, given up": func() error {
			ctx, cancel := context.WithCancel(t.Context())
			go cancel()
			_, err := l.Append(ctx, 0, orders(4, 1))
			if !errors.Is(err, context.Canceled) {
				t.Errorf("Append whose context ends: %v", err)
			}
			return errors.Join(err, sale.ErrUnavailable) // also if it was done before it began
		},
		"Source": func() error { _, err := l.Source(t.Context(), 0); return err },
		"Check":  func() error { _, err := l.Check(t.Context()); return err },
	} {
		want := sale.ErrUnavailable
		if name == "Append" {
			want = sale.ErrUnknownOutcome
		}
		all.Go(func() {
			if err := call(); !errors.Is(err, want) {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	all.Wait()
}

// A broker that has just started answers before it knows what it leads.
func TestALeaderThatDoesNotKnowItsEpochYet(t *testing.T) {
	t.Parallel()
	l := open(t, shared(t), freshTopic(t))
	mustAppend(t, l, 0, orders(1, 3))
	l.Led(0, 1)
	go func() {
		time.Sleep(200 * time.Millisecond) // it is asked meanwhile
		l.Led(0, -1)
	}()
	if first, end, err := l.Bounds(t.Context(), 0); err != nil || first != 0 || end < 3 {
		t.Errorf("%d to %d, %v", first, end, err)
	}
}

// After a change of leaders nobody leads for a moment, and then the new one tells no end before
// it has heard from the others. Real ones cannot be told when.
func TestALeaderThatDoesNotKnowTheEndYet(t *testing.T) {
	t.Parallel()
	k, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	l := open(t, parse(t, k.ListenAddrs()[0]), kafkalog.Topic)
	mustAppend(t, l, 0, orders(1, 3))
	refusals := []*kerr.Error{kerr.LeaderNotAvailable, kerr.NotLeaderForPartition, kerr.OffsetNotAvailable, kerr.OffsetNotAvailable}
	var refused int
	k.ControlKey(kmsg.ListOffsets.Int16(), func(r kmsg.Request) (kmsg.Response, error, bool) {
		asked := r.(*kmsg.ListOffsetsRequest)
		if refused == len(refusals) || asked.Topics[0].Partitions[0].Timestamp != -1 { // the end
			return nil, nil, false
		}
		k.KeepControl()
		answer := asked.ResponseKind().(*kmsg.ListOffsetsResponse)
		p := kmsg.NewListOffsetsResponseTopicPartition()
		p.ErrorCode = refusals[refused].Code
		refused++
		topic := kmsg.NewListOffsetsResponseTopic()
		topic.Topic, topic.Partitions = kafkalog.Topic, append(topic.Partitions, p)
		answer.Topics = append(answer.Topics, topic)
		return answer, nil, true
	})
	if first, end, err := l.Bounds(t.Context(), 0); err != nil || first != 0 || end != 3 || refused < len(refusals) {
		t.Errorf("%d to %d, %v, after %d refusals", first, end, err, refused)
	}
}

// Of three brokers one may be lost, also one that leads; with two lost nothing is
// taken for durable.
func TestOneOfThreeBrokersLost(t *testing.T) {
	t.Parallel()
	k := cluster(t, 3)
	brokers := parse(t, k.Addr())
	l := open(t, brokers, kafkalog.Topic)
	wantWarnings(t, l)
	wantWarningsOfOneCopy(t, brokers)
	a := startAppending(t, l)
	a.await(100)
	leader := k.Nodes[leaderOf(t, admin(t, brokers), 0)-1]
	leader.Kill()
	a.await(300) // of which each partition has some
	awaitBrokers(t, admin(t, brokers), 2)
	wantWarnings(t, l) // there are three, also while one is away
	start(t, leader)
	awaitCopies(t, admin(t, brokers), 3)
	a.halt()

	source, err := l.Source(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	_, end, _ := l.Bounds(t.Context(), 0)
	k.Nodes[0].Kill()
	k.Nodes[1].Kill()
	if _, err := l.Append(t.Context(), 0, orders(1, 1)); !errors.Is(err, sale.ErrUnknownOutcome) {
		t.Errorf("Append with one of three brokers: %v", err)
	}
	start(t, k.Nodes[0])
	if last := appendUntilSure(t, l); last < end {
		t.Errorf("the next record is at %d, and the log ended at %d", last, end)
	}
	if after, err := l.Source(t.Context(), 0); err != nil || after.Leader < source.Leader || after.Topic != source.Topic {
		t.Errorf("Source was %+v, and is %+v, %v", source, after, err)
	}
}

// wantWarningsOfOneCopy checks what is said of a topic that was made before there were three.
func wantWarningsOfOneCopy(t *testing.T, brokers kafkalog.Brokers) {
	t.Helper()
	topic, one := freshTopic(t), "1"
	if _, err := admin(t, brokers).CreateTopic(t.Context(), 1, 1, map[string]*string{"min.insync.replicas": &one}, topic); err != nil {
		t.Fatal(err)
	}
	wantWarnings(t, open(t, brokers, topic), "replication is 1 on 3 brokers", "min.insync.replicas is 1")
}

// A broker that was frozen while another came to lead, and finds nobody else when it goes on, does not know
// that it leads no more, nor what was appended since: nobody is to take that for the log.
func TestABrokerThatIsAloneIsNotTheLog(t *testing.T) {
	t.Parallel()
	k := cluster(t, 3)
	brokers := parse(t, k.Addr())
	l := open(t, brokers, kafkalog.Topic)
	appendUntilSure(t, l)
	frozen := int(leaderOf(t, admin(t, brokers), 0)) - 1
	k.Nodes[frozen].Freeze()
	var last int64
	for range 3 { // the frozen one has the first, too, as soon as it goes on
		last = appendUntilSure(t, l)
	}
	source, err := l.Source(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range k.Nodes {
		if i != frozen {
			n.Kill()
		}
	}
	k.Nodes[frozen].Thaw()
	other := open(t, brokers, kafkalog.Topic)
	if stale, err := other.Source(t.Context(), 0); !errors.Is(err, sale.ErrUnavailable) {
		_, end, bounds := other.Bounds(t.Context(), 0)
		t.Errorf("Source was %+v, and is %+v, %v; a record is at %d, and the log ends at %d, %v", source, stale, err, last, end, bounds)
	}
	if _, err := other.Read(t.Context(), 0, last+1, 1); !errors.Is(err, sale.ErrUnavailable) {
		t.Errorf("Read: %v", err)
	}
}

// appendUntilSure appends a record again and again until it is surely in the log, as a sweep does.
func appendUntilSure(t testing.TB, l *kafkalog.Log) (last int64) {
	t.Helper()
	for {
		at, err := l.Append(t.Context(), 0, orders(1, 1))
		if err == nil {
			return at.Offset
		}
		if !errors.Is(err, sale.ErrUnknownOutcome) && !errors.Is(err, sale.ErrUnavailable) {
			t.Fatal(err)
		}
	}
}

// A Kafka that lost its disk is another log, though its address is the same.
func TestABrokerThatLostItsDiskIsDamage(t *testing.T) {
	t.Parallel()
	k := cluster(t, 1)
	brokers := parse(t, k.Addr())
	l := open(t, brokers, kafkalog.Topic)
	mustAppend(t, l, 0, orders(1, 3))
	before, err := l.Source(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	k.Nodes[0].Kill()
	if err := k.Nodes[0].Wipe(); err != nil {
		t.Fatal(err)
	}
	start(t, k.Nodes[0])
	mustAppend(t, open(t, brokers, kafkalog.Topic), 0, orders(1, 10))
	if _, err := l.Read(t.Context(), 0, 3, 10); !errors.Is(err, sale.ErrDamaged) {
		t.Errorf("Read: %v", err)
	}
	if _, err := l.Append(t.Context(), 0, orders(4, 1)); !errors.Is(err, sale.ErrDamaged) && !errors.Is(err, sale.ErrUnknownOutcome) {
		t.Errorf("Append: %v", err)
	}
	if after, err := l.Source(t.Context(), 0); err != nil || after.Topic == before.Topic {
		t.Errorf("Source was %+v, and is %+v, %v", before, after, err)
	}
}

// One of three brokers is down, and only one address is given: a topic made now would
// have one copy for good, so none is made before the third is back.
func TestATopicIsNotMadeWhileABrokerIsDown(t *testing.T) {
	t.Parallel()
	k := cluster(t, 3)
	k.Nodes[2].Kill()
	one, _, _ := strings.Cut(k.Addr(), ",")
	brokers := parse(t, one)
	awaitBrokers(t, admin(t, brokers), 2)
	said, opened := make(listener, 100), make(chan *kafkalog.Log, 1)
	go func() {
		l, err := kafkalog.Open(t.Context(), kafkalog.Options{Brokers: brokers, Topic: kafkalog.Topic, Log: slog.New(slog.NewTextHandler(said, nil))})
		if err != nil {
			t.Error(err)
		}
		opened <- l
	}()
	if first := <-said; !strings.Contains(first, "2 of 3 brokers are there") {
		t.Errorf("Open says %s", first)
	}
	start(t, k.Nodes[2])
	l := <-opened
	if l == nil {
		return
	}
	defer l.Close()
	wantWarnings(t, l)
}
