// Package history judges the order in which buyers were answered: whether some
// order of single steps, each between its question and its answer, explains all
// that they were told (linearizability, by porcupine).
//
// The steps are of one product of which a user may have one unit:
//
//	take      a user gets the unit that they have at the end, and no later epoch has begun
//	sold out  nothing remains, at some time from 100 ms before the question
//
// Whoever asks again is told of the order that they have, so they took it before.
//
// Ghosts have no step: any call may hold a unit from its question on, until a later
// epoch than its own counts again, as its order may be rejected, or be void and
// admitted again under the next epoch. If nobody was told of the epoch, any is its own.
// Only one that was refused is thought never to have held one.
//
// A call without an answer stays open to the end. Whether it took a unit is told by
// the list, so that nothing has to be guessed.
package history

import (
	"errors"
	"net"
	"sync"
	"time"

	"seckill/test/program"
)

// A History is what the buyers of some products were told. Its methods may be
// called by many goroutines.
type History struct {
	mu    sync.Mutex
	calls map[string][]call // by product
}

// A call is one request of a buyer.
type call struct {
	user           string
	sent, answered time.Time
	told           program.Answer // zero: nothing of use
}

// Note takes down what became of a buy that was sent at a time. One that reached
// nobody is none, nor is one that was surely not decided on.
func (h *History) Note(product, user string, sent time.Time, a program.Answer, err error) {
	var away *net.OpError
	if errors.As(err, &away) && away.Op == "dial" || err == nil && (a.Kind == "unavailable" || a.Kind == "paused") {
		return
	}
	c := call{user: user, sent: sent, answered: time.Now()}
	if err == nil {
		c.told = a
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.calls == nil {
		h.calls = map[string][]call{}
	}
	h.calls[product] = append(h.calls[product], c)
}

// order is what the call was told of, firm if that was a promise.
func (c *call) order() (id string, firm bool) {
	switch {
	case c.told.Status == 201, c.told.Status == 200:
		return c.told.Order.ID, true
	case c.told.Status == 202, c.told.Kind == "already_bought":
		return c.told.Order.ID, false
	}
	return "", false
}

func (c *call) soldOut() bool { return c.told.Kind == "sold_out" }
