package cluster

import (
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"seckill/internal/crash"
	"seckill/test/ledger"
	"seckill/test/program"
)

// A loss is a way in which servers lose what others have built on. All processes have
// ended when it returns.
type loss struct {
	name  string
	comes func(r *recovering)
}

var losses = []loss{
	{"Kafka is put back to an older copy: the tables are ahead of the log", func(r *recovering) {
		back := copied(r.t, r.on.kafka.Nodes...)
		r.sells()
		r.stop()
		back()
	}},
	{"and the log has grown again, beyond the tables", func(r *recovering) {
		back := copied(r.t, r.on.kafka.Nodes...)
		r.sells()
		r.stop()
		back()
		client, partition := plainClient(r.t, r.on, kgo.RecordPartitioner(kgo.ManualPartitioner())), r.s.partition(r.on)
		for range r.s.quantity {
			client.Produce(r.t.Context(), &kgo.Record{Topic: topic, Partition: partition, Value: []byte("x")}, nil)
		}
		if err := client.Flush(r.t.Context()); err != nil {
			r.t.Fatal(err)
		}
	}},
	{"Kafka is put back to an older copy, of what the tables do not have yet", func(r *recovering) {
		for _, p := range r.s.c.projectors {
			p.Kill()
		}
		back := copied(r.t, r.on.kafka.Nodes...)
		queued := r.s.queued()
		r.s.until("more orders are queued", func() bool { return r.s.queued() > queued })
		r.stop()
		back()
	}},
	{"the topic is deleted", func(r *recovering) {
		r.stop()
		r.noTopic()
	}},
	{"the topic is deleted, and Redis is put back to an older copy", func(r *recovering) {
		back := copied(r.t, r.on.redis.Node)
		r.sells()
		r.stop()
		back()
		r.noTopic()
	}},
	{"Kafka is lost, and starts again with nothing", func(r *recovering) {
		r.stop()
		wiped(r.t, r.on.kafka.Nodes...)
	}},
	{"Postgres is put back to a copy from before a recovery: the log begins with newer tables", func(r *recovering) {
		r.stop()
		back := copied(r.t, r.on.postgres.Node)
		r.noTopic()
		r.recover(bin)
		r.start()
		r.sells()
		r.stop()
		back()
	}},
}

// Servers lose what others have built on. After recovery, also one that was killed and
// run again, the sale goes on, with every order that was placed.
func TestRecover(t *testing.T) {
	on := sharedServers(t)
	armed := program.Tagged(t, "crash")
	var points []string
	for _, p := range crash.OfRecovery {
		if !strings.HasPrefix(p, "app:") {
			points = append(points, p)
		}
	}
	ledger.Trials(t, "recover, cluster", len(losses), func(t *ledger.Trial) {
		loss := losses[t.Seed%uint64(len(losses))]
		t.Log(loss.name)
		c := start(t, bin, on.flags())
		c.trial(t, 3_000, slow, func(s *sale) { // so many, and so slowly, that they are not sold out meanwhile
			r := &recovering{t, s, on}
			loss.comes(r)
			if t.IntN(2) == 0 {
				t.Point = points[t.IntN(len(points))]
				if code := r.recover("env", "SECKILL_CRASH="+t.Point+":1", armed); code == 0 {
					t.Point = "" // it does not come there
				}
			}
			if code := r.recover(bin); code != 0 {
				t.Fatal("recover was killed")
			}
			r.start()
		})
	})
}

// recovering is a sale that needs recovery.
type recovering struct {
	t  *ledger.Trial
	s  *sale
	on *servers
}

// recover runs the program's recover, which has to end well, or be killed.
func (r *recovering) recover(command ...string) (code int) {
	r.t.Helper()
	args := append(append(command[1:], "recover", "--yes"), r.s.c.flags...)
	code, out := program.Run(r.t, command[0], args...)
	if code != 0 && code != -1 {
		r.t.Fatalf("recover: exit code %d\n%s", code, out)
	}
	return code
}

func (r *recovering) sells() { r.s.sold(1 + r.t.IntN(slow)) }

// stop ends all processes, and start has some again.
func (r *recovering) stop() {
	for _, p := range r.s.c.all() {
		p.Stop(r.t)
	}
}

func (r *recovering) start() {
	r.s.c.launchProjector()
	r.s.c.launchAPI()
	r.s.c.await()
}

func (r *recovering) noTopic() {
	r.t.Helper()
	if _, err := kadm.NewClient(plainClient(r.t, r.on)).DeleteTopics(r.t.Context(), topic); err != nil {
		r.t.Fatal(err)
	}
}
