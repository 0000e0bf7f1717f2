package rush

import "time"

// Observer hears of a rush while it lasts: every [Config.Every], from one
// goroutine, and once more at the end. The rush does not wait for it.
type Observer func(Progress)

// Progress is a rush so far.
type Progress struct {
	Elapsed  time.Duration  // since the start
	Buyers   int            // in all
	Sent     int64          // buyers whose order has been sent
	Answered int64          // buyers that have ended
	Errors   int64          // of them, those that are not Right
	Answers  map[Kind]int64 // Answered by kind; a kind that nobody met is absent
	Latency  Latency        // of the buyers that got an answer so far
	Beyond                  // so far
}

func (r *run) snapshot() Progress {
	s := Progress{Buyers: r.config.Buyers, Sent: int64(r.pace.sent()), Answers: map[Kind]int64{}}
	r.record.mu.Lock()
	defer r.record.mu.Unlock()
	s.Elapsed = r.record.finished
	if s.Elapsed == 0 {
		s.Elapsed = r.now()
	}
	for k, n := range r.record.counts {
		if n == 0 {
			continue
		}
		s.Answers[Kind(k)] = n
		s.Answered += n
		if !Kind(k).Right() {
			s.Errors += n
		}
	}
	s.Latency = latencyOf(r.record.all())
	s.Beyond = r.record.beyond.clone()
	return s
}
