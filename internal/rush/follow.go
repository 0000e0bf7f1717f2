package rush

// queue starts to follow a buy that was answered 202.
func (w *worker) queue(j job, e ending) {
	path, ok := w.run.target.pathOf(w.answer.location)
	if !ok {
		e.kind = Unexpected
		w.run.record.end(e, "202 with a Location that cannot be followed: "+excerpt([]byte(w.answer.location)))
		w.run.pace.end()
		return
	}
	w.run.record.follow()
	w.askAgain(&tail{buyer: j.buyer, moment: j.moment, sent: e.sent, until: e.at + w.run.config.Follow, path: path}, e)
}

// follow asks for a queued order. A fault on the way is no end: the order is
// what it is, and it is asked for again.
func (w *worker) follow(j job) {
	t := j.tail
	err := w.exchange(getRequest(w.run.target, t.path))
	e := ending{moment: t.moment, sent: t.sent, at: w.run.now()}
	if err != nil {
		if w.run.cutting.Load() {
			w.run.pace.end()
			return
		}
		w.answer = answer{}
		w.askAgain(t, e)
		return
	}
	switch w.answer.status {
	case 200:
		switch statusOf(w.answer.body) {
		case "placed", "paid", "cancelled", "expired": // it was placed, whatever came of it since
			e.kind = Placed
		case "rejected":
			e.kind = Rejected
		case "queued":
			w.askAgain(t, e)
			return
		default:
			e.kind = Unexpected
		}
	case 202, 429, 503:
		w.askAgain(t, e)
		return
	default:
		e.kind = Unexpected
	}
	w.end(j, e)
}

// askAgain puts t off as long as the answer at hand says, or gives it up.
func (w *worker) askAgain(t *tail, e ending) {
	if t.putOff(e.at, w.answer.retryAfter) {
		w.run.pace.again(t)
		return
	}
	e.kind = Queued
	w.run.record.end(e, "still queued after "+w.run.config.Follow.String())
	w.run.pace.end()
}
