package storetest

import (
	"strings"
	"sync"

	"seckill/internal/orderstore"
)

func (w *world) timeline(product, want string) {
	w.Helper()
	got, err := w.Keeper.Timeline(w.ctx, product)
	equal(w, "the timeline of "+product, got, []byte(want), err)
}

// say adds text to the timelines of these products.
func (w *world) say(text string, products ...string) {
	w.Helper()
	err := w.Keeper.AddToTimelines(w.ctx, products, func(_ string, kept []byte) []byte { return append(kept[:len(kept):len(kept)], text...) })
	if err != nil {
		w.Error(err)
	}
}

// A timeline is kept beside each product that exists, and ends with it.
func timelinesOfProducts(w *world) {
	closed := withWindow(9, 1)
	closed.Closed = true
	w.say("before", "a")
	w.feed(0, opening("a", 1, closed), opening("b", 1, withWindow(9, 1)))
	w.timeline("a", "")
	w.say("1", "b", "never", "a")
	w.say("2", "a")
	w.timeline("a", "12")
	w.timeline("b", "1")
	w.timeline("never", "")
	w.Keeper = w.Reopen()
	w.timeline("a", "12")
	w.feed(0, deletion("a", 2))
	w.say("3", "a", "b")
	w.timeline("a", "")
	w.feed(0, opening("a", 3, withWindow(9, 1)))
	w.timeline("a", "")
	w.say("4", "a")
	w.timeline("a", "4")
	w.timeline("b", "13")
}

// Of many who add at once, each does.
func timelinesAtOnce(w *world) {
	w.feed(0, opening("a", 1, withWindow(9, 1)), opening("b", 1, withWindow(9, 1)))
	var all sync.WaitGroup
	for _, products := range [][]string{{"a", "b"}, {"b", "a"}, {"a"}, {"a", "b"}} {
		all.Go(func() {
			for range 5 {
				w.say("x", products...)
			}
		})
	}
	all.Wait()
	w.timeline("a", strings.Repeat("x", 20))
	w.timeline("b", strings.Repeat("x", 15))
}

// A timeline is no part of the fold: it stays when the tables are continued, or emptied.
func timelinesStay(w *world) {
	w.old()
	w.say("1", "a")
	to := another(1, 0, 2)
	for _, log := range [][2]map[int32]orderstore.Mark{{w.marks, to}, {to, nil}} {
		if err := w.Keeper.Renew(w.ctx, log[0], log[1]); err != nil {
			w.Fatal(err)
		}
		w.timeline("a", "1")
	}
}
