package history

import (
	"fmt"
	"time"

	"github.com/anishathalye/porcupine"

	"seckill/test/program"
)

// viewAge is how old the memory may be by which a server refuses.
const viewAge = 100 * time.Millisecond

// The kinds of step.
const (
	take = iota
	see
	soldOut
	ghost
	end
)

// A step is what one operation does.
type step struct {
	kind  int
	user  int
	epoch int // take, ghost: under which it was; 0: nobody was told
	kept  set // end: who has an order
}

// steps makes operations of one product's calls, and tells how many users they are
// of. listed is what the server shows at the end, when nobody asks any more.
func steps(calls []call, listed []program.Order) (all []porcupine.Operation, users int, err error) {
	last := map[string]string{} // the order of each user
	for _, o := range listed {
		if o.Status != "placed" {
			return nil, 0, fmt.Errorf("order %s is %s", o.ID, o.Status)
		}
		if other, twice := last[o.User]; twice {
			return nil, 0, fmt.Errorf("%s has two orders, %s and %s", o.User, other, o.ID)
		}
		last[o.User] = o.ID
	}
	h := &writer{users: map[string]int{}}
	for _, c := range calls {
		if _, known := h.users[c.user]; !known {
			h.users[c.user] = len(h.users)
			h.byUser = append(h.byUser, nil)
		}
		u := h.users[c.user]
		h.byUser[u] = append(h.byUser[u], c)
		h.over = max(h.over, c.answered.UnixNano())
	}
	final := newSet(len(h.users))
	for user, id := range last {
		u, known := h.users[user]
		if !known {
			return nil, 0, fmt.Errorf("order %s is of %s, who never asked", id, user)
		}
		final = final.with(u)
	}
	for u, calls := range h.byUser {
		if err := h.user(u, calls, last[calls[0].user]); err != nil {
			return nil, 0, err
		}
	}
	h.add(operation(step{kind: end, kept: final}, h.over+1, h.over+2))
	return h.operations, len(h.users), h.narrow()
}

type writer struct {
	users      map[string]int
	byUser     [][]call
	over       int64 // when the last answer came
	operations []porcupine.Operation
}

func (h *writer) add(o porcupine.Operation) { h.operations = append(h.operations, o) }

// user writes what one of them did; kept is their order at the end, "" where none is.
func (h *writer) user(u int, calls []call, kept string) error {
	taken := operation(step{kind: take, user: u}, calls[0].sent.UnixNano(), h.over)
	for _, c := range calls {
		from, to := c.sent.UnixNano(), c.answered.UnixNano()
		id, firm := c.order()
		switch {
		case c.soldOut():
			h.add(operation(step{kind: soldOut, user: u}, from-int64(viewAge), to))
		case firm && id != kept:
			return fmt.Errorf("%s was told of order %s, and has %q", c.user, id, kept)
		case id == "" || id != kept || c.told.Status == 202 && c.told.Order.Epoch == 0: // nobody knew yet
			h.add(operation(step{kind: ghost, user: u, epoch: c.told.Order.Epoch}, from, h.over+3))
		default:
			taken.Return = min(taken.Return, to)
			if c.told.Status == 201 { // it is this call that was admitted
				taken = operation(step{kind: take, user: u, epoch: c.told.Order.Epoch}, from, taken.Return)
			}
			h.add(operation(step{kind: see, user: u}, from, to))
		}
	}
	if kept != "" {
		h.add(taken)
	}
	return nil
}

// narrow narrows the times of those that took a unit: all of an epoch did before
// anybody of a later one. It adds nothing that the steps do not say; but with it a
// search for their order need not try in vain.
func (h *writer) narrow() error {
	var known []*porcupine.Operation
	for i := range h.operations {
		if s := h.operations[i].Input.(step); s.kind == take && s.epoch > 0 {
			known = append(known, &h.operations[i])
		}
	}
	for _, a := range known {
		for _, b := range known {
			if a.Input.(step).epoch < b.Input.(step).epoch {
				a.Return = min(a.Return, b.Return)
				b.Call = max(a.Call+1, b.Call)
			}
		}
	}
	for _, o := range known {
		if o.Call > o.Return {
			return fmt.Errorf("an order was placed under epoch %d when that had ended, or had not begun, or was another call's", o.Input.(step).epoch)
		}
	}
	return nil
}

func operation(s step, from, to int64) porcupine.Operation {
	return porcupine.Operation{ClientId: s.user, Input: s, Call: from, Return: to}
}
