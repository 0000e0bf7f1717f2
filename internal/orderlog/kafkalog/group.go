package kafkalog

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	sessionTime   = 6 * time.Second
	heartbeatTime = 2 * time.Second
)

// group is the name of the consumer group.
func (l *Log) group() string { return l.options.Topic + ".projectors" }

// A assignment is the partitions that the group has dealt to one Run.
type assignment struct {
	ctx  context.Context // of the Run
	f    func(ctx context.Context, partition int32) error
	fail func(error) // ends the Run

	mu   sync.Mutex
	held map[int32]*worker
}

type worker struct {
	stop context.CancelFunc
	done chan struct{}
}

// Run implements orderlog.Group. A partition is dealt again only after its function
// has returned, unless its process was silent for sessionTime.
func (l *Log) Run(ctx context.Context, f func(ctx context.Context, partition int32) error) error {
	if err := l.isOpen(); err != nil {
		return err
	}
	run, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	h := &assignment{ctx: run, f: f, fail: fail, held: map[int32]*worker{}}
	member, err := l.join(h)
	if err != nil {
		return err
	}
	<-run.Done()
	h.dropAll()
	leave, cancel := context.WithTimeout(context.Background(), heartbeatTime)
	defer cancel()
	_ = member.LeaveGroupContext(leave) // a group that was not told waits for sessionTime
	member.Close()
	if ctx.Err() != nil {
		return nil
	}
	return context.Cause(run)
}

// join makes a member of the group that fetches nothing: it is there to be dealt to.
func (l *Log) join(h *assignment) (*kgo.Client, error) {
	take := func(_ context.Context, _ *kgo.Client, dealt map[string][]int32) { h.take(dealt[l.options.Topic]) }
	drop := func(_ context.Context, _ *kgo.Client, lost map[string][]int32) { h.drop(lost[l.options.Topic]) }
	member, err := kgo.NewClient(l.settings(
		kgo.ConsumerGroup(l.group()),
		kgo.ConsumeTopics(l.options.Topic),
		kgo.Balancers(kgo.CooperativeStickyBalancer()),
		kgo.SessionTimeout(sessionTime),
		kgo.HeartbeatInterval(heartbeatTime),
		kgo.RebalanceTimeout(patience),
		kgo.DisableAutoCommit(),
		kgo.OnPartitionsAssigned(take),
		kgo.OnPartitionsRevoked(drop),
		kgo.OnPartitionsLost(drop),
		kgo.WithHooks(groupErrors{l}),
	)...)
	if err != nil {
		return nil, l.unavailable("joining the group", err)
	}
	member.PauseFetchTopics(l.options.Topic)
	return member, nil
}

// take starts the functions of partitions.
func (h *assignment) take(partitions []int32) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ctx.Err() != nil { // the Run is over, and waits for nobody who comes now
		return
	}
	for _, p := range partitions {
		ctx, stop := context.WithCancel(h.ctx)
		k := &worker{stop, make(chan struct{})}
		h.held[p] = k
		go func() {
			defer close(k.done)
			if err := h.f(ctx, p); err != nil && ctx.Err() == nil {
				h.fail(err)
			}
		}()
	}
}

// drop ends the functions of partitions, and waits for them.
func (h *assignment) drop(partitions []int32) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, p := range partitions {
		if k := h.held[p]; k != nil {
			k.stop()
		}
	}
	for _, p := range partitions {
		if k := h.held[p]; k != nil {
			<-k.done
			delete(h.held, p)
		}
	}
}

func (h *assignment) dropAll() {
	h.mu.Lock()
	all := slices.Collect(maps.Keys(h.held))
	h.mu.Unlock()
	h.drop(all)
}

// groupErrors tells of what keeps this process out of the group; it goes on trying.
type groupErrors struct{ log *Log }

func (g groupErrors) OnGroupManageError(err error) {
	g.log.options.Log.Warn("no part in sharing out the order log", "group", g.log.group(),
		"error", err)
}
