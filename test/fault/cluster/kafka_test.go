package cluster

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"seckill/internal/devstack"
	"seckill/test/ledger"
	"seckill/test/program"
)

const topic = "seckill.orders"

// While Kafka, or Postgres, is away, buyers are told that they are queued. All of
// them are placed when it is back.
func TestAServerStopped(t *testing.T) {
	on := sharedServers(t)
	c := start(t, bin, on.flags())
	outage := 10 * time.Second
	if ledger.Full() {
		outage = time.Minute
	}
	for name, nodes := range map[string][]*devstack.Node{"Kafka": on.kafka.Nodes, "Postgres": {on.postgres.Node}} {
		ledger.Trials(t, name+" away", 1, func(t *ledger.Trial) {
			s := c.trial(t, 1_000+2*slow*int(outage.Seconds()), slow, func(s *sale) {
				each(nodes, (*devstack.Node).Stop)
				s.until("orders are queued", func() bool { return s.queued() >= pace })
				without(t, c.any(), name)
				if name == "Kafka" {
					s.goesOnQueuing()
				}
				<-time.After(outage)
				up(t, nodes...)
				s.until("nothing is away any more", func() bool { return well(t, c.any()) })
			})
			s.noneRejected()
		})
	}
}

// without demands of a process that sells that it names the server that is away,
// is ready all the same, and does not say what only that server knows.
func without(t testing.TB, s *program.Server, away string) {
	t.Helper()
	if a, err := s.Get("/readyz"); err != nil || a.Status != 200 || a.Body != `{"status":"ok","degraded":["`+away+`"]}` {
		t.Errorf("without %s /readyz says %v, %v", away, a, err)
	}
	if said := unprojected(t, s); said != "" {
		t.Errorf("without %s /metrics says %s", away, said)
	}
}

// well reports whether a process lacks nothing, and knows it.
func well(t testing.TB, s *program.Server) bool {
	t.Helper()
	a, err := s.Get("/readyz")
	return err == nil && a.Status == 200 && a.Body == `{"status":"ok"}` && unprojected(t, s) != ""
}

// unprojected is the line of /metrics that tells how far the store is behind the log.
func unprojected(t testing.TB, s *program.Server) string {
	t.Helper()
	a, err := s.Get("/metrics")
	if err != nil || a.Status != 200 {
		t.Errorf("/metrics says %v, %v", a, err)
	}
	return regexp.MustCompile(`(?m)^seckill_unprojected_records .*$`).FindString(a.Body)
}

// goesOnQueuing is asked while Kafka is away: a change of the terms is refused, and
// shuts no gate that sells.
func (s *sale) goesOnQueuing() {
	s.t.Helper()
	if a, err := s.c.any().Ask("PUT", "/api/products/"+s.product, "", fmt.Sprintf(`{"quantity":%d,"name":"changed"}`, s.quantity)); err != nil || a.Kind != "unavailable" {
		s.t.Errorf("a PUT was answered %v, %v", a, err)
	}
	queued := s.queued()
	s.until("more orders are queued after a PUT", func() bool { return s.queued() >= queued+pace })
}

// One of three brokers is lost, the one that the product's orders go to: the sale
// goes on without it.
func TestOneOfThreeBrokersLost(t *testing.T) {
	t.Parallel()
	on := ownServers(t, 3)
	c := start(t, bin, on.flags())
	s := c.sell(10_000)
	leader := on.kafka.Nodes[leaderOf(t, on, s.partition(on))-1]
	leader.Kill()
	s.goesOn("one of three brokers lost")
	s.sold(pace)
	up(t, leader)
	s.goesOn("and back")
	killLeaderAlone(s, on)
	s.finish()
	s.noneRejected()
}

// killLeaderAlone kills the broker that leads the product's partition while it has
// orders that no other broker has, and lets the others go on without it.
func killLeaderAlone(s *sale, on *servers) {
	s.t.Helper()
	leader := on.kafka.Nodes[leaderOf(s.t, on, s.partition(on))-1]
	var others []*devstack.Node
	for _, n := range on.kafka.Nodes {
		if n != leader {
			others = append(others, n)
			n.Freeze()
		}
	}
	queued := s.queued()
	s.until("orders are queued", func() bool { return s.queued() >= queued+pace })
	leader.Kill()
	for _, n := range others {
		n.Thaw()
	}
	s.goesOn("the broker lost that alone had what was appended")
	up(s.t, leader)
}

// noneRejected is for faults that no order may be lost by that a gate has admitted.
func (s *sale) noneRejected() {
	s.t.Helper()
	if n := s.rejected(time.Now()); n > 0 {
		s.t.Errorf("%d of those who were queued did not get their order", n)
	}
}

// The topic is deleted and made anew: projectors halt and say why, those that sell shut
// their gates and say why, nobody is told any more that an order is placed, and the
// judge finds it.
func TestTheTopicMadeAnew(t *testing.T) {
	t.Parallel()
	on := ownServers(t, 1)
	c := start(t, bin, on.flags())
	s := c.sell(5_000)
	remakeTopic(t, on)
	remade := time.Now()
	for _, p := range c.projectors {
		code, said := p.Wait(), lastLine(p.Out.String())
		remade := strings.Contains(said, topic+" was deleted and made anew") ||
			strings.Contains(said, "the store was filled from the log") // by whom it was met before it could ask for the topic
		if code != 1 || !remade {
			t.Errorf("a process ended with exit code %d:\n%s", code, tail(p.Out.String()))
		}
	}
	for _, api := range c.apis {
		s.eventually("readyz says why", func() bool { return refuses(api, notTheLog) })
	}
	s.end()
	if n := s.placed(remade); n > 0 {
		t.Errorf("%d buyers were told that they are placed", n)
	}
	code, out := program.Run(t, bin, append([]string{"verify"}, c.flags...)...)
	if code != 1 || !strings.Contains(out, "FINDING position  the store was filled from the log") {
		t.Errorf("verify: exit code %d\n%s", code, out)
	}
}

const notTheLog = "the gates are shut, as the log is not the one that the tables were filled from"

// While everybody was away, the topic was deleted, and then made anew with more
// records than the tables have applied. Nobody sells, and readyz says why; nobody makes a
// topic in place of the one that is gone; projectors halt, each time.
func TestATopicThatWasLostMeanwhile(t *testing.T) {
	t.Parallel()
	on := ownServers(t, 1)
	c := start(t, bin, on.flags())
	s := c.sell(5_000)
	s.close()
	for _, p := range c.all() {
		p.Stop(t)
	}
	a := kadm.NewClient(plainClient(t, on))
	if _, err := a.DeleteTopics(t.Context(), topic); err != nil {
		t.Fatal(err)
	}
	starts := func(why string) {
		t.Helper()
		api := c.launchAPI()
		s.eventually("readyz says why", func() bool { return refuses(api, why) })
		if r, err := api.Buy(s.product, "late", ""); err == nil && (r.Status == 201 || r.Status == 202) {
			t.Errorf("a buyer was told %v", r)
		}
		api.Stop(t)
	}
	starts("none is made in its place")
	if topics, err := a.ListTopics(t.Context()); err != nil || topics.Has(topic) {
		t.Fatalf("there is a topic again: %v", err)
	}
	for err := errors.New("it is gone only after a while"); err != nil; {
		_, err = a.CreateTopic(t.Context(), 12, 1, nil, topic)
	}
	client := plainClient(t, on, kgo.RecordPartitioner(kgo.ManualPartitioner()))
	for n := range 12 * 2_000 {
		client.Produce(t.Context(), &kgo.Record{Topic: topic, Partition: int32(n % 12), Value: []byte("x")}, nil)
	}
	if err := client.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	starts(notTheLog)
	for range 2 {
		p := program.Launch(t, bin, append([]string{"serve", "--listen", "127.0.0.1:0", "--roles", "projector"}, c.flags...)...)
		if code := p.Wait(); code != 1 || !strings.Contains(lastLine(p.Out.String()), "the store was filled from the log") {
			t.Errorf("a projector ended with exit code %d:\n%s", code, tail(p.Out.String()))
		}
	}
}

// refuses reports whether /readyz says that nothing is sold, and why.
func refuses(api *program.Server, why string) bool {
	r, err := api.Get("/readyz")
	return err == nil && r.Status == 503 && strings.Contains(r.Body, why)
}

func remakeTopic(t *testing.T, on *servers) {
	t.Helper()
	a := kadm.NewClient(plainClient(t, on))
	deleted, err := a.DeleteTopics(t.Context(), topic)
	if err == nil {
		err = deleted.Error()
	}
	for err == nil { // it is gone only after a while
		made, errMade := a.CreateTopic(t.Context(), 12, 1, nil, topic)
		if errMade == nil && made.Err == nil {
			return
		}
		if errMade != nil && !strings.Contains(errMade.Error(), "TOPIC_ALREADY_EXISTS") {
			err = errMade
		}
	}
	t.Fatal(err)
}

// plainClient is any other program's client of the same Kafka.
func plainClient(t testing.TB, on *servers, more ...kgo.Opt) *kgo.Client {
	t.Helper()
	client, err := kgo.NewClient(append(more, kgo.SeedBrokers(strings.Split(on.kafka.Addr(), ",")...))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// leaderOf is the id of the broker that leads a partition of the topic.
func leaderOf(t testing.TB, on *servers, partition int32) int32 {
	t.Helper()
	topics, err := kadm.NewClient(plainClient(t, on)).ListTopics(t.Context(), topic)
	if err != nil {
		t.Fatal(err)
	}
	return topics[topic].Partitions[partition].Leader
}

func lastLine(said string) string {
	said = strings.TrimSpace(said)
	return said[strings.LastIndexByte(said, '\n')+1:]
}
