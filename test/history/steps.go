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
	h.add(step{kind: end, kept: final}, h.over+1, h.over+2)
	return h.operations, len(h.users), nil
}

type writer struct {
	users      map[string]int
	byUser     [][]call
	over       int64 // when the last answer came
	operations []porcupine.Operation
}

func (h *writer) add(s step, from, to int64) {
	h.operations = append(h.operations, porcupine.Operation{ClientId: s.user, Input: s, Call: from, Return: to})
}

// user writes what one of them did; kept is their order at the end, "" where none is.
func (h *writer) user(u int, calls []call, kept string) error {
	taken, epoch := h.over, 0
	for _, c := range calls {
		from, to := c.sent.UnixNano(), c.answered.UnixNano()
		id, firm := c.order()
		switch {
		case c.soldOut():
			h.add(step{kind: soldOut, user: u}, c.sent.Add(-viewAge).UnixNano(), to)
		case firm && id != kept:
			return fmt.Errorf("%s was told of order %s, and has %q", c.user, id, kept)
		case id == "" || id != kept || !firm && c.told.Order.Epoch == 0:
			h.add(step{kind: ghost, user: u, epoch: c.told.Order.Epoch}, from, h.over+3)
		default:
			if c.told.Status == 201 {
				epoch = c.told.Order.Epoch
			}
			taken = min(taken, to)
			h.add(step{kind: see, user: u}, from, to)
		}
	}
	if kept != "" {
		h.add(step{kind: take, user: u, epoch: epoch}, calls[0].sent.UnixNano(), taken)
	}
	return nil
}
