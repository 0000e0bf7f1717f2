package rush

import (
	"sync/atomic"
	"time"
)

// worker makes one request at a time over one connection of its own.
type worker struct {
	run    *run
	seat   *seat
	order  order
	link   *link // nil: none is open
	buf    []byte
	answer answer
	watched
}

// watched is what the watch may see and touch of a worker.
type watched struct {
	busy atomic.Int64         // since when a request is under way, ns from the start; 0: none, -1: cut
	on   atomic.Pointer[link] // the connection it is under way on
}

// trusted is how long a connection may have been idle and still be used. The
// server may close it any time; a buy that was sent into that has no answer,
// and to send it twice would make one buyer two.
const trusted = 2 * time.Second

func newWorker(r *run) *worker {
	return &worker{
		run:   r,
		seat:  newSeat(),
		order: newOrder(r.target, r.config),
		buf:   make([]byte, 4096), // one answer, with room
	}
}

func (w *worker) loop() {
	defer w.hangUp()
	for {
		j, ok := w.run.pace.next(w.seat)
		if !ok {
			return
		}
		switch {
		case j.tail == nil:
			w.buy(j)
		case j.tail.errand == click:
			w.click(j)
		case j.tail.errand == follow:
			w.follow(j)
		default:
			w.settle(j)
		}
	}
}

// buy sends a buyer.
func (w *worker) buy(j job) {
	w.again(j)
	buy := w.order.of(j.buyer)
	sent := w.run.now()
	err := w.exchange(buy)
	e := ending{moment: j.moment, sent: sent, at: w.run.now()}
	switch {
	case err != nil:
		w.fail(e, err)
	case w.answer.status == 202:
		w.queue(j, e)
	default:
		e.kind = kindOf(&w.answer)
		w.end(j, e)
	}
}

// fail ends a buyer that got no answer, unless it was the rush that hung up.
func (w *worker) fail(e ending, err error) {
	if w.run.cutting.Load() {
		w.run.pace.end()
		return
	}
	e.kind = NoAnswer
	w.run.record.end(e, plainly(err))
	w.run.pace.end()
}

// end ends a buyer with the kind of the answer at hand.
func (w *worker) end(j job, e ending) {
	said := ""
	if !e.kind.Right() {
		said = w.answer.String()
	}
	w.run.record.end(e, said)
	if e.kind == Placed {
		w.payOrQuit(j.buyer)
	}
	w.run.pace.end()
}

// exchange makes one request, and opens a connection for it if need be.
func (w *worker) exchange(request []byte) error {
	if w.link != nil && w.run.now()-w.link.used > trusted {
		w.hangUp()
	}
	if w.link == nil {
		conn, err := w.run.target.dial(w.run.dialing, w.run.config.Timeout)
		if err != nil {
			return err
		}
		w.link = newLink(conn, w.buf)
		w.on.Store(w.link)
	}
	w.busy.Store(int64(w.run.now()) + 1)
	err := w.link.exchange(request, &w.answer)
	cut := w.busy.Swap(0) == -1
	if err != nil || cut || w.answer.close || w.run.config.NewConnections {
		w.hangUp()
	} else {
		w.link.used = w.run.now()
	}
	return err
}

// hangUp closes the connection. The answer at hand stays valid.
func (w *worker) hangUp() {
	if w.link == nil {
		return
	}
	_ = w.link.conn.Close() // there is nobody to tell
	w.link = nil
	w.on.Store(nil)
}
