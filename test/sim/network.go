package sim

import (
	"fmt"

	"seckill/internal/sale"
)

// call carries one call over the network: it may be late, lost, repeated, or done
// with its answer lost, now or later. lost is the error of an outcome that is
// unknown. Inside a process nothing of that happens, but others may come between.
func (w *system) call(what string, lost error, f func() error) error {
	if w.embedded {
		return w.callOnce(what, lost, f)
	}
	err := w.callOnce(what, lost, f)
	if w.chance(120) {
		w.deliverLate("repeated "+what, f)
	}
	return err
}

// callOnce is call for what must not be repeated.
func (w *system) callOnce(what string, lost error, f func() error) error {
	w.yield(what)
	switch {
	case w.embedded:
	case w.chance(60):
		w.note(w.turn.name, "request lost")
		return fmt.Errorf("%s: %w", what, sale.ErrUnavailable)
	case w.chance(60):
		_ = f()
		w.yield("answer lost")
		return fmt.Errorf("%s: %w", what, lost)
	case w.chance(120):
		w.deliverLate("late "+what, f)
		w.yield("request late")
		return fmt.Errorf("%s: %w", what, lost)
	}
	err := f()
	w.yield("answered")
	return err
}

func (w *system) deliverLate(what string, f func() error) {
	late := w.ms(3000)
	w.spawn(nil, what, func() {
		w.sleep(late)
		_ = f()
	})
}

// ask is a call that changes nothing.
func (w *system) ask(what string, f func() error) error {
	return w.call(what, sale.ErrUnavailable, f)
}
