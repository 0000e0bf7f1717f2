package cluster

import (
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
	for name, n := range map[string]*devstack.Node{"Kafka": on.kafka.Nodes[0], "Postgres": on.postgres.Node} {
		ledger.Trials(t, name+" away", 1, func(t *ledger.Trial) {
			s := c.trial(t, 1_000+2*slow*int(outage.Seconds()), slow, func(s *sale) {
				n.Stop()
				s.until("orders are queued", func() bool { return s.queued() >= pace })
				without(t, c.any(), name)
				if name == "Kafka" {
					s.goesOnQueuing()
				}
				<-time.After(outage)
				up(t, n)
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
	on := ownServers(t, 3)
	c := start(t, bin, on.flags())
	s := c.sell(3_000)
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

// The topic is deleted and made anew: whoever meets it halts and says why, nobody
// is told any more that an order is placed, and the judge finds it.
func TestTheTopicMadeAnew(t *testing.T) {
	on := ownServers(t, 1)
	c := start(t, bin, on.flags())
	s := c.sell(5_000)
	remakeTopic(t, on)
	remade := time.Now()
	for _, p := range c.all() {
		code, said := p.Wait(), lastLine(p.Out.String())
		remade := strings.Contains(said, topic+" was deleted and made anew") ||
			strings.Contains(said, "the store was filled from the log") // by whom it was met before it could ask for the topic
		if code != 1 || !remade {
			t.Errorf("a process ended with exit code %d:\n%s", code, tail(p.Out.String()))
		}
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
