package kafkalog

import "sync"

// epochs are the highest leader epochs that this process has seen. A question that
// carries one is not answered by a broker that does not know yet that it no longer leads.
type epochs struct {
	mu sync.Mutex
	of []int32
}

func (e *epochs) raise(seen []int32) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for p, epoch := range seen {
		if p == len(e.of) {
			e.of = append(e.of, epoch)
		}
		e.of[p] = max(e.of[p], epoch)
	}
}

func (e *epochs) at(partition int32) int32 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.of[partition]
}
