package storetest

import (
	"slices"
	"time"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

var noon = time.Date(2030, 6, 1, 12, 0, 0, 0, time.UTC)

// placedAt has records placed so many milliseconds after noon.
func (w *world) placedAt(ms int, records ...sale.Record) {
	w.Helper()
	w.apply(0, records, func(time.Time) time.Time { return noon.Add(time.Duration(ms) * time.Millisecond) })
}

// search demands all that q asks for, page by page, and its count.
func (w *world) search(q sale.Search, want int) {
	w.Helper()
	var all []sale.Order
	for _, p := range w.full {
		for _, o := range p.orders() {
			if q.Fits(&o) {
				all = append(all, o)
			}
		}
	}
	slices.SortFunc(all, func(a, b sale.Order) int { return b.Placing().Compare(a.Placing()) })
	if len(all) != want {
		w.Fatalf("%+v is about %d orders, not %d", q, len(all), want)
	}
	for _, q.Limit = range []int{1, 2, 3, 1000} {
		q.Behind = sale.Placing{}
		for page := range slices.Chunk(all, q.Limit) {
			got, err := w.Keeper.Search(w.ctx, q)
			equal(w, "a page", got, page, err)
			q.Behind = page[len(page)-1].Placing()
		}
		if len(all)%q.Limit == 0 {
			got, err := w.Keeper.Search(w.ctx, q)
			equal(w, "the page behind the last", got, nil, err)
		}
		count, err := w.Keeper.Count(w.ctx, q)
		if most := int64(min(q.Limit, len(all))); err != nil || count != most {
			w.Errorf("%+v: counted %d, %v; not %d", q, count, err, most)
		}
	}
}

// searched has orders of three products, of which many are placed at once, others
// before those of smaller numbers, as by a clock that was set back; and one product is gone.
func (w *world) searched() {
	w.Helper()
	closed := withWindow(9, 9)
	closed.Closed = true
	w.feed(0, opening("b", 1, withWindow(9, 9)), opening("a", 1, withWindow(9, 9)), opening("c", 1, withWindow(3, 9)), opening("gone", 1, withWindow(9, 9)))
	w.placedAt(10, buy("a", 1, 1, "u1"), buy("b", 1, 2, "u1"), buy("a", 1, 3, "u2"), buy("b", 1, 4, "u3"), buy("a", 1, 5, "u1"), buy("gone", 1, 6, "u1"))
	w.placedAt(5, buy("a", 1, 7, "u1"), buy("c", 1, 8, "u2"))
	w.placedAt(20, buy("c", 1, 9, "u1"), buy("c", 1, 10, "u1"), buy("c", 1, 11, "u1")) // the last is rejected
	w.feed(0, cancel("a", 1), cancel("a", 3), expire("b", 2), pay("a", 5), pay("c", 8), cancel("c", 9))
	w.feed(0, opening("gone", 2, closed), deletion("gone", 3))
}

func searchAll(w *world) {
	w.search(sale.Search{}, 0)
	w.searched()
	w.search(sale.Search{}, 9)
	for status, n := range map[sale.Status]int{sale.Placed: 3, sale.Paid: 2, sale.Cancelled: 3, sale.Expired: 1, sale.Rejected: 0} {
		w.search(sale.Search{Status: status}, n)
	}
	w.Keeper = w.Reopen()
	w.search(sale.Search{}, 9)
}

func searchByTime(w *world) {
	w.searched()
	at := func(ms int) time.Time { return noon.Add(time.Duration(ms) * time.Millisecond) }
	w.search(sale.Search{From: at(5)}, 9)
	w.search(sale.Search{From: at(6)}, 7)
	w.search(sale.Search{Until: at(10)}, 2)
	w.search(sale.Search{From: at(10), Until: at(20)}, 5)
	w.search(sale.Search{From: at(10), Until: at(11), Status: sale.Cancelled}, 2)
	w.search(sale.Search{From: at(21)}, 0)
	w.search(sale.Search{From: at(20), Until: at(5)}, 0)
}

// What a user has had is found, too, whichever product's it was.
func searchByUser(w *world) {
	w.searched()
	w.search(sale.Search{User: userID("u1")}, 6)
	w.search(sale.Search{User: userID("u1"), Status: sale.Placed}, 2)
	w.search(sale.Search{User: userID("u1"), Status: sale.Cancelled}, 2)
	w.search(sale.Search{User: userID("u1"), Status: sale.Expired}, 1)
	w.search(sale.Search{User: userID("u1"), From: noon.Add(10 * time.Millisecond), Until: noon.Add(20 * time.Millisecond)}, 3)
	w.search(sale.Search{User: userID("u2")}, 2)
	w.search(sale.Search{User: userID("u")}, 0)
	w.search(sale.Search{User: "u1' OR 1=1"}, 0)
}

// Orders that continue in another log are found as before, and none of an emptied store.
func searchRenewed(w *world) {
	w.searched()
	to := another(1, 0)
	if err := w.Keeper.Renew(w.ctx, w.marks, to); err != nil {
		w.Fatal(err)
	}
	for _, p := range w.full {
		p.Orders(func(o *sale.Order) { o.Position.Offset = -1 })
	}
	w.search(sale.Search{User: userID("u1")}, 6)
	w.search(sale.Search{}, 9)
	if err := w.Keeper.Renew(w.ctx, to, map[int32]orderstore.Mark{}); err != nil {
		w.Fatal(err)
	}
	w.full = nil
	w.search(sale.Search{User: userID("u1")}, 0)
	w.search(sale.Search{}, 0)
}
