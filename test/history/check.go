package history

import (
	"fmt"
	"time"

	"github.com/anishathalye/porcupine"

	"seckill/test/program"
)

// patience is how long a check may take: a history that is right takes far less.
const patience = 30 * time.Second

// Check says what is wrong with what the buyers of a product were told, of which so
// many units were on sale, and these orders are kept. nil: it can be explained.
func (h *History) Check(product string, quantity int, listed []program.Order) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	all, users, err := steps(h.calls[product], listed)
	if err != nil {
		return err
	}
	switch porcupine.CheckOperationsTimeout(model(quantity, users), all, patience) {
	case porcupine.Ok:
		return nil
	case porcupine.Illegal:
		return fmt.Errorf("no order of the %d answers to the buyers of %s explains them", len(all), product)
	}
	return fmt.Errorf("whether an order of the %d answers to the buyers of %s explains them was not found out in %v", len(all), product, patience)
}

// A state is a product between two steps.
type state struct {
	epoch  int
	kept   set
	ghosts set // of this epoch
}

func model(quantity, users int) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return state{kept: newSet(users), ghosts: newSet(users)} },
		Step: func(at, input, _ any) (bool, any) {
			s := at.(state)
			ok := s.step(input.(step), quantity)
			return ok, s
		},
	}
}

func (s *state) step(do step, quantity int) bool {
	switch do.kind {
	case take:
		if s.kept.size() == quantity || s.kept.has(do.user) || do.epoch > 0 && do.epoch < s.epoch {
			return false
		}
		if do.epoch > s.epoch {
			s.epoch, s.ghosts = do.epoch, newSet(8*len(s.ghosts))
		}
		s.kept = s.kept.with(do.user)
	case see:
		return s.kept.has(do.user)
	case soldOut:
		return s.kept.or(s.ghosts).size() >= quantity
	case ghost:
		if do.epoch == 0 || do.epoch >= s.epoch {
			s.ghosts = s.ghosts.with(do.user)
		}
	case end:
		return s.kept == do.kept
	}
	return true
}
