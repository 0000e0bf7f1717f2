package history

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/anishathalye/porcupine"

	"seckill/test/program"
)

// viewAge is how old the memory may be by which a server refuses.
const viewAge = 100 * time.Millisecond

// A take is a user's way to the unit that they have at the end.
type take struct {
	user, epoch int // epoch 0: nobody was told
}

// A soldOut is a refusal; ghosts had come before it was told.
type soldOut struct {
	user   int
	ghosts []ghost
}

// A ghost is a call that may hold a unit for a while.
type ghost struct {
	user, epoch int // epoch 0: nobody was told
	from        int64
}

// A writer makes operations of the calls of one product.
type writer struct {
	users       []string
	ghosts      []ghost
	takes, sold []porcupine.Operation
}

// steps makes operations of one product's calls. listed is what the server shows at
// the end, when nobody asks any more.
func steps(calls []call, quantity int, listed []program.Order) (*writer, error) {
	last := map[string]string{} // the order of each user
	for _, o := range listed {
		if o.Status != "placed" {
			return nil, fmt.Errorf("order %s is %s", o.ID, o.Status)
		}
		if other, twice := last[o.User]; twice {
			return nil, fmt.Errorf("%s has two orders, %s and %s", o.User, other, o.ID)
		}
		last[o.User] = o.ID
	}
	if len(listed) > quantity {
		return nil, fmt.Errorf("%d orders of %d units", len(listed), quantity)
	}
	byUser := map[string][]call{}
	for _, c := range calls {
		byUser[c.user] = append(byUser[c.user], c)
	}
	for user, id := range last {
		if byUser[user] == nil {
			return nil, fmt.Errorf("order %s is of %s, who never asked", id, user)
		}
	}
	w := &writer{}
	for user, calls := range byUser {
		if err := w.user(user, calls, last[user]); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(w.ghosts, func(a, b ghost) int { return cmp.Compare(a.from, b.from) })
	for i, o := range w.sold {
		came, _ := slices.BinarySearchFunc(w.ghosts, o.Return, func(g ghost, at int64) int { return cmp.Compare(g.from, at) })
		w.sold[i].Input = soldOut{user: o.Input.(soldOut).user, ghosts: w.ghosts[:came]}
	}
	return w, w.narrow(quantity)
}

// user writes what one of them did; kept is their order at the end, "" if none is.
func (w *writer) user(name string, calls []call, kept string) error {
	u := len(w.users)
	w.users = append(w.users, name)
	taken := operation(take{user: u}, calls[0].sent.UnixNano(), math.MaxInt64)
	for _, c := range calls {
		from, to := c.sent.UnixNano(), c.answered.UnixNano()
		if c.soldOut() {
			w.sold = append(w.sold, operation(soldOut{user: u}, from-int64(viewAge), to))
			continue
		}
		id, firm := c.order()
		switch epoch := c.told.Order.Epoch; {
		case firm && id != kept:
			return fmt.Errorf("%s was told of order %s, and has %q", c.user, id, kept)
		case id == "" || id != kept || c.told.Status == 202 && epoch == 0: // nobody knew yet
		case c.told.Status == 201: // it is this call that was admitted
			taken = operation(take{user: u, epoch: epoch}, from, min(taken.Return, to))
		default:
			taken.Return = min(taken.Return, to)
		}
		w.ghosts = append(w.ghosts, ghost{user: u, epoch: c.told.Order.Epoch, from: from})
	}
	if kept != "" {
		w.takes = append(w.takes, taken)
	}
	return nil
}

// narrow puts each take at one moment: as soon as its user had come and its epoch had
// begun. That had begun once all had come who took a unit under an earlier one, and all
// were refused whom only an earlier one explains. To be sooner or later would explain no
// more; but without it a search for an order tries all of them.
func (w *writer) narrow(quantity int) error {
	for _, o := range w.sold {
		if n := w.held(o, 0); n < quantity {
			return fmt.Errorf("%s was told that it is sold out, when at most %d of %d units were held", w.users[o.Input.(soldOut).user], n, quantity)
		}
	}
	var epochs []int
	for _, o := range w.takes {
		epochs = append(epochs, o.Input.(take).epoch)
	}
	slices.Sort(epochs)
	for _, epoch := range slices.Compact(epochs) {
		begun := w.begun(epoch, quantity)
		for i := range w.takes {
			o, t := &w.takes[i], w.takes[i].Input.(take)
			if t.epoch != epoch {
				continue
			}
			o.Call = max(o.Call, begun)
			if o.Call > o.Return {
				return fmt.Errorf("%s has an order of epoch %d, which had ended or could not have begun, or it was another call's", w.users[t.user], epoch)
			}
			o.Return = o.Call
		}
	}
	return nil
}

// begun is the first time at which an epoch may have begun, once the takes of those before
// it are put.
func (w *writer) begun(epoch, quantity int) (at int64) {
	for _, o := range w.takes {
		if e := o.Input.(take).epoch; 0 < e && e < epoch {
			at = max(at, o.Call+1)
		}
	}
	for _, o := range w.sold {
		if o.Call >= at && w.held(o, epoch) < quantity {
			at = o.Call + 1
		}
	}
	return at
}

// held is how many users may hold a unit while one is refused, if that is under an epoch.
func (w *writer) held(refused porcupine.Operation, epoch int) int {
	var users []int
	for _, o := range w.takes {
		if t := o.Input.(take); t.epoch < epoch && o.Call <= refused.Return {
			users = append(users, t.user)
		}
	}
	s := state{epoch: epoch, kept: newSet(len(w.users)).with(users...)}
	return s.with(refused.Input.(soldOut).ghosts).size()
}

func operation(step any, from, to int64) porcupine.Operation {
	return porcupine.Operation{Input: step, Call: from, Return: to}
}
