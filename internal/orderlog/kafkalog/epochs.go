package kafkalog

import "sync"

// leaderEpochs are the highest leader leaderEpochs that this process has seen. A question that
// carries one is not answered by a broker that does not know yet that it no longer leads.
type leaderEpochs struct {
	mu sync.Mutex
	of []int32
}

func (e *leaderEpochs) raise(seen []int32) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for p, epoch := range seen {
		if p == len(e.of) {
			e.of = append(e.of, epoch)
		}
		e.of[p] = max(e.of[p], epoch)
	}
}

func (e *leaderEpochs) at(partition int32) int32 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.of[partition]
}
