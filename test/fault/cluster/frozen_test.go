package cluster

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"seckill/test/program"
)

// frozen is how long a process stands still.
const frozen = 10 * time.Second

// A process stands still with orders in its hands, and wakes up under a new epoch.
func TestAProcessThatStoodStill(t *testing.T) {
	c := start(t, bin, sharedServers(t).flags())
	s := c.sell(10_000)
	for _, who := range []struct {
		name string
		*program.Process
	}{{"API", c.apis[0].Process}, {"projector", c.projectors[0]}} {
		before := s.look().Epoch
		who.Signal(syscall.SIGSTOP)
		since := time.After(frozen)
		c.apis[1].Put(t, s.product, fmt.Sprintf(`{"quantity":10000,"name":"while the %s stood still"}`, who.name))
		if p, err := c.apis[1].Product(s.product); err != nil || p.Epoch <= before {
			t.Errorf("the epoch was %d, and is %d, %v", before, p.Epoch, err)
		}
		<-since
		who.Signal(syscall.SIGCONT)
		s.goesOn(who.name + " stood still for " + frozen.String())
	}
	s.finish()
}

// Records that nobody can read are in the topic, one of them of the product: it is
// counted anew, and the sale goes on.
func TestPoisonInTheTopic(t *testing.T) {
	on := sharedServers(t)
	c := start(t, bin, on.flags())
	s := c.sell(3_000)
	epoch, partition := s.look().Epoch, s.partition(on)
	lorem := func(key string) *kgo.Record {
		return &kgo.Record{Topic: topic, Partition: partition, Key: []byte(key), Value: []byte("lorem ipsum")}
	}
	client := plainClient(t, on, kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err := client.ProduceSync(t.Context(), lorem(s.product), lorem("of no product{}\n")).FirstErr(); err != nil {
		t.Fatal(err)
	}
	s.eventually("the product has been counted anew", func() bool { p := s.look(); return p.Epoch > epoch && p.State == "on_sale" })
	s.goesOn("poison in the topic")
	var letters int
	s.ask1(on, &letters, `SELECT count(*) FROM seckill_dead_letter WHERE raw = 'lorem ipsum' AND product_id IN ($1, '')`)
	if letters != 2 {
		t.Errorf("%d dead letters", letters)
	}
	s.finish()
}

// Somebody writes a whole order of the product under the id of another one's order.
func TestAForgedOrderInTheTopic(t *testing.T) {
	t.Parallel()
	on := ownServers(t, 1) // folded anew, by another test, the forged order may come before the real one
	c := start(t, bin, on.flags())
	s := c.sell(3_000)
	c.apis[0].Put(t, s.product+"-other", `{"quantity":1}`)
	if a, err := place(t, c.apis[0], s.product+"-other", "u", ""); err != nil || a.Status != 201 {
		t.Fatalf("%v, %v", a, err)
	}
	id := c.apis[0].Orders(t, s.product+"-other")[0].ID
	epoch := s.look().Epoch
	client := plainClient(t, on, kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err := client.ProduceSync(t.Context(), &kgo.Record{
		Topic: topic, Partition: s.partition(on), Key: []byte(s.product),
		Headers: []kgo.RecordHeader{{Key: "kind", Value: []byte("order")}, {Key: "version", Value: []byte("1")}, {Key: "epoch", Value: fmt.Append(nil, epoch)}},
		Value:   fmt.Appendf(nil, `{"order_id":%q,"product_id":%q,"user_id":"u","seq":1,"at":"2026-01-01T00:00:00.000Z"}`, id, s.product),
	}).FirstErr(); err != nil {
		t.Fatal(err)
	}
	s.eventually("the product has been counted anew", func() bool { p := s.look(); return p.Epoch > epoch && p.State == "on_sale" })
	s.goesOn("a forged order in the topic")
	var letters int
	s.ask1(on, &letters, `SELECT count(*) FROM seckill_dead_letter WHERE product_id = $1 AND reason LIKE '%another product''s order'`)
	if letters != 1 {
		t.Errorf("%d dead letters", letters)
	}
	s.finish()
}
