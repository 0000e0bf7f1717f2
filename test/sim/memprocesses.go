package sim

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// An aliveProcess is one that was alive at a time.
type aliveProcess struct {
	orderstore.Process
	seen time.Time
}

func (s *memStore) Alive(_ context.Context, p orderstore.Process) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.Reads < s.allowed {
		return fmt.Errorf("store: version %d may be in the log: %w", s.allowed, sale.ErrNewer)
	}
	now := s.now()
	for id, other := range s.alive {
		if other.seen.After(now) {
			s.alive[id] = aliveProcess{other.Process, now}
		}
	}
	s.alive[p.ID] = aliveProcess{p, now}
	return nil
}

func (s *memStore) Ended(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.alive, id)
	return nil
}

func (s *memStore) Allow(_ context.Context, version int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if version <= s.allowed { // for good, also if a clock that was set back has one that is gone alive again
		return nil
	}
	for _, p := range s.living() {
		if p.Reads < version {
			return fmt.Errorf("store: %s does not read version %d: %w", p.Place, version, sale.ErrUnavailable)
		}
	}
	s.allowed = max(s.allowed, version)
	return nil
}

func (s *memStore) Living(context.Context) ([]orderstore.Process, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.living(), nil
}

func (s *memStore) living() (all []orderstore.Process) {
	for _, p := range s.alive {
		if s.now().Sub(p.seen) <= s.gone {
			all = append(all, p.Process)
		}
	}
	slices.SortFunc(all, func(a, b orderstore.Process) int { return cmp.Compare(a.ID, b.ID) })
	return all
}
