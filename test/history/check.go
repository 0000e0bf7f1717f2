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
	w, err := steps(h.calls[product], quantity, listed)
	if err != nil {
		return fmt.Errorf("no order of the %d answers to the buyers of %s explains them: %w", len(h.calls[product]), product, err)
	}
	if got := porcupine.CheckOperationsTimeout(model(quantity, len(w.users)), append(w.takes, w.sold...), patience); got != porcupine.Ok {
		return fmt.Errorf("%s whether an order of the %d answers to the buyers of %s explains them", got, len(h.calls[product]), product)
	}
	return nil
}

// A state is a product between two steps.
type state struct {
	epoch int
	kept  set
}

func model(quantity, users int) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return state{kept: newSet(users)} },
		Step: func(at, input, _ any) (bool, any) {
			s := at.(state)
			switch do := input.(type) {
			case take:
				if do.epoch > 0 && do.epoch < s.epoch {
					return false, s
				}
				return true, state{max(s.epoch, do.epoch), s.kept.with(do.user)}
			case soldOut:
				return s.with(do.ghosts).size() >= quantity, s
			}
			return false, s
		},
	}
}

// with is who may hold a unit.
func (s state) with(ghosts []ghost) set {
	var users []int
	for _, g := range ghosts {
		if g.epoch == 0 || g.epoch >= s.epoch {
			users = append(users, g.user)
		}
	}
	return s.kept.with(users...)
}
