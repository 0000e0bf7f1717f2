package rush

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// clickAgain is how long after a buy its impatient buyer clicks again, answered
// or not.
const clickAgain = 100 * time.Millisecond

// Beyond is what buyers did beyond their one buy. None of it is in the answers,
// and none in the latency.
type Beyond struct {
	Repeats map[Kind]int64 `json:"repeats,omitempty"` // second clicks, by how they were answered
	Paid    int64          `json:"paid,omitempty"`
	Quit    int64          `json:"quit,omitempty"`   // placed, and let the payment window pass
	Unpaid  int64          `json:"unpaid,omitempty"` // placed, and could not pay
	Money
}

func (b *Beyond) repeat(k Kind) {
	if b.Repeats == nil {
		b.Repeats = map[Kind]int64{}
	}
	b.Repeats[k]++
}

func (b Beyond) clone() Beyond {
	b.Repeats, b.Payments = maps.Clone(b.Repeats), slices.Clone(b.Payments)
	return b
}

// words says it in a line each, if there is something to say.
func (b Beyond) words() string {
	var s strings.Builder
	if len(b.Repeats) > 0 {
		var all int64
		var parts []string
		for _, k := range slices.Sorted(maps.Keys(b.Repeats)) {
			all += b.Repeats[k]
			parts = append(parts, thousands(b.Repeats[k])+" "+words(k))
		}
		fmt.Fprintf(&s, "%s clicked again: %s.\n", thousands(all), strings.Join(parts, ", "))
	}
	switch {
	case b.Payments != nil:
		fmt.Fprintf(&s, "%s cancelled, %s could not pay or cancel.\n", thousands(b.Cancelled), thousands(b.Unpaid))
	case b.Paid+b.Quit+b.Unpaid > 0:
		fmt.Fprintf(&s, "%s paid, %s let the payment window pass, %s could not pay.\n", thousands(b.Paid), thousands(b.Quit), thousands(b.Unpaid))
	}
	return s.String()
}

// The habits of buyers: each is drawn on its own.
const (
	impatient = 0x1d8e4e27c47d124f
	forgetful = 0x2127599bf4325c37
)

// has reports whether buyer i is among the percent who have a habit.
func (c Config) has(habit uint64, i, percent int) bool {
	return mix(mix(c.Seed^habit)+uint64(i))%100 < uint64(percent)
}

// again lets an impatient buyer click a second time.
func (w *worker) again(j job) {
	if w.run.config.has(impatient, j.buyer, w.run.config.RepeatClickers) {
		w.run.pace.more(&tail{errand: click, buyer: j.buyer, due: w.run.now() + clickAgain})
	}
}

// click is a second click. Whatever comes of it, nobody asks a third time.
func (w *worker) click(j job) {
	err := w.exchange(w.order.of(j.buyer))
	if err != nil && w.run.cutting.Load() {
		w.run.pace.end()
		return
	}
	kind := NoAnswer
	switch {
	case err != nil:
	case w.answer.status == 202:
		kind = Queued
	default:
		kind = kindOf(&w.answer)
	}
	w.run.record.note(func(b *Beyond) { b.repeat(kind) })
	if kind == Placed { // it overtook the first
		w.payOrQuit(j.buyer)
	}
	w.run.pace.end()
}

// payOrQuit lets a buyer who was placed pay, unless they forget to.
func (w *worker) payOrQuit(buyer int) {
	c := w.run.config
	switch {
	case c.Payments:
		w.goToShop(buyer)
	case !c.Pay:
	case c.has(forgetful, buyer, c.Quitters):
		w.run.record.note(func(b *Beyond) { b.Quit++ })
	default:
		now := w.run.now()
		path := w.run.target.prefix + "/api/orders/" + orderOf(w.answer.body) + "/pay"
		w.run.pace.more(&tail{errand: pay, buyer: buyer, due: now, until: now + c.Follow, path: path})
	}
}

// settle pays, cancels, or tells of a payment; a server that cannot take it now is asked again.
func (w *worker) settle(j job) {
	t := j.tail
	err := w.exchange(t.request(w.run.target, w.run.config))
	said := ""
	switch {
	case err != nil && w.run.cutting.Load():
		w.run.pace.end()
		return
	case err != nil:
		said, w.answer = plainly(err), answer{}
	case w.answer.status == 200:
		w.settled(t)
		w.run.pace.end()
		return
	default:
		said = w.answer.String()
	}
	passes := err != nil || w.answer.status == 429 || w.answer.status == 503 || w.isLate(t)
	if passes && t.putOff(w.run.now(), w.answer.retryAfter) {
		w.run.pace.again(t)
		return
	}
	if t.late {
		w.count("late")
	} else {
		w.run.record.complain(Unexpected, errands[t.errand]+": "+said)
		w.run.record.note(func(b *Beyond) { b.Unpaid++ })
	}
	w.run.pace.end()
}

// settled notes what has come of it.
func (w *worker) settled(t *tail) {
	switch t.errand {
	case cancel:
		w.run.record.note(func(b *Beyond) { b.Cancelled++ })
	case tell:
		w.told(t)
	default:
		w.run.record.note(func(b *Beyond) { b.Paid++ })
	}
}

// orderOf is the id of an order document, or "".
func orderOf(body []byte) string {
	var order struct {
		OrderID string `json:"order_id"`
	}
	_ = json.Unmarshal(body, &order) // what is no order has no id
	return order.OrderID
}
