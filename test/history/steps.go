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

func (t take) String() string {
	return fmt.Sprintf("user %d takes a unit under epoch %d", t.user, t.epoch)
}

// A soldOut is a refusal; ghosts had come before it was told.
type soldOut struct {
	ghosts []ghost
}

func (s soldOut) String() string { return fmt.Sprintf("sold out, as %d calls may hold units", len(s.ghosts)) }

// A ghost is a call that may hold a unit for a while.
type ghost struct {
	user, epoch int // epoch 0: nobody was told
	from        int64
}

// A writer makes operations of the calls of one product.
type writer struct {
	users  int
	ghosts []ghost
	takes  []porcupine.Operation
	sold   []porcupine.Operation
}

// steps makes operations of one product's calls, and tells how many users they are
// of. listed is what the server shows at the end, when nobody asks any more.
func steps(calls []call, quantity int, listed []program.Order) (all []porcupine.Operation, users int, err error) {
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
	if len(listed) > quantity {
		return nil, 0, fmt.Errorf("%d orders of %d units", len(listed), quantity)
	}
	byUser := map[string][]call{}
	for _, c := range calls {
		byUser[c.user] = append(byUser[c.user], c)
	}
	for user, id := range last {
		if byUser[user] == nil {
			return nil, 0, fmt.Errorf("order %s is of %s, who never asked", id, user)
		}
	}
	w := &writer{}
	for user, calls := range byUser {
		if err := w.user(calls, last[user]); err != nil {
			return nil, 0, err
		}
	}
	if err := w.narrow(); err != nil {
		return nil, 0, err
	}
	w.thin()
	return append(w.takes, w.sold...), w.users, nil
}

// user writes what one of them did; kept is their order at the end, "" where none is.
func (w *writer) user(calls []call, kept string) error {
	u := w.users
	w.users++
	taken := operation(take{user: u}, calls[0].sent.UnixNano(), math.MaxInt64)
	for _, c := range calls {
		from, to := c.sent.UnixNano(), c.answered.UnixNano()
		if c.soldOut() {
			w.sold = append(w.sold, operation(soldOut{}, from-int64(viewAge), to))
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

// narrow has everybody take their unit as soon as they may: that never spoils what
// others were told, as long as no earlier epoch ends by it. So a search has little
// more to try than when each epoch began.
func (w *writer) narrow() error {
	begun, last := map[int]int64{}, map[int]int64{} // by epoch: when it surely had, and when the last buyer came
	for _, o := range w.takes {
		epoch := o.Input.(take).epoch
		if at, known := begun[epoch]; !known || o.Return < at {
			begun[epoch] = o.Return
		}
		last[epoch] = max(last[epoch], o.Call)
	}
	for i := range w.takes {
		o, epoch := &w.takes[i], w.takes[i].Input.(take).epoch
		if epoch == 0 {
			o.Return = o.Call
			continue
		}
		for other, at := range begun {
			if other > epoch {
				o.Return = min(o.Return, at)
			}
		}
		for other, at := range last {
			if 0 < other && other < epoch {
				o.Call = max(o.Call, at+1)
			}
		}
		if o.Call > o.Return {
			return fmt.Errorf("an order was placed under epoch %d when that had ended, or had not begun, or was another call's", epoch)
		}
		o.Return = min(o.Return, max(o.Call, begun[epoch]))
	}
	return nil
}

// thin leaves the refusals away that others imply, which fell within their time, and
// tells the rest of the ghosts.
func (w *writer) thin() {
	slices.SortFunc(w.ghosts, func(a, b ghost) int { return cmp.Compare(a.from, b.from) })
	slices.SortFunc(w.sold, func(a, b porcupine.Operation) int {
		return cmp.Or(cmp.Compare(a.Return, b.Return), cmp.Compare(b.Call, a.Call))
	})
	var kept []porcupine.Operation
	for _, o := range w.sold {
		if n := len(kept); n > 0 && o.Call <= kept[n-1].Call {
			continue
		}
		came, _ := slices.BinarySearchFunc(w.ghosts, o.Return, func(g ghost, at int64) int { return cmp.Compare(g.from, at) })
		o.Input = soldOut{ghosts: w.ghosts[:came]}
		kept = append(kept, o)
	}
	w.sold = kept
}

func operation(step any, from, to int64) porcupine.Operation {
	return porcupine.Operation{Input: step, Call: from, Return: to}
}
