package memgate

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"seckill/internal/sale"
)

func orderID(n int) (id sale.OrderID) {
	binary.BigEndian.PutUint64(id[8:], uint64(n))
	return id
}

// everybody pages through the table, a few users at a time.
func everybody(u *users, page int) []string {
	var out []string
	for from := first; from != none; {
		var ids []string
		ids, from = u.page(from, make([]string, 0, page))
		out = append(out, ids...)
	}
	return out
}

func TestNoUsers(t *testing.T) {
	u := newUsers()
	if got := u.look("a", orderID(1)); got.first != none || got.knows || got.held != 0 {
		t.Errorf("found %+v", got)
	}
	u.end("a", orderID(1))
	if got := everybody(u, 3); got != nil {
		t.Errorf("users %q", got)
	}
}

// TestManyUsers grows the table through all its steps, past some ten pairs of
// users whose tags are equal.
func TestManyUsers(t *testing.T) {
	n := 300_000
	if testing.Short() {
		n = 50_000
	}
	u := newUsers()
	id := func(i int) string { return fmt.Sprintf("user-%d", i) }
	for i := range n {
		u.add(id(i), orderID(i), false)
	}
	for i := range n {
		if got := u.look(id(i), orderID(i)); !got.knows || got.held != 1 || got.newest != orderID(i) {
			t.Fatalf("user %d: %+v", i, got)
		}
		if got := u.look(id(n+i), orderID(i)); got.first != none {
			t.Fatalf("stranger %d: %+v", i, got)
		}
	}
	seen := 0
	for i, user := range everybody(u, 512) {
		if user != id(i) {
			t.Fatalf("user %d is %q", i, user)
		}
		seen++
	}
	if seen != n {
		t.Fatalf("%d users", seen)
	}
	checkSegments(t, u, n)
}

// checkSegments demands of the directory that each segment stands where its tags
// belong, next to itself, with room left.
func checkSegments(t *testing.T, u *users, users int) {
	t.Helper()
	used := 0
	for i, g := range u.segments {
		if i > 0 && u.segments[i-1] == g {
			continue
		}
		width := 1 << (u.depth - g.depth)
		for j := range width {
			if u.segments[i+j] != g {
				t.Fatalf("segment %d of depth %d does not stand %d times", i, g.depth, width)
			}
		}
		n := 0
		for _, s := range g.slots {
			if s == 0 {
				continue
			}
			n++
			if at := u.index(s.tag()); at < i || at >= i+width {
				t.Fatalf("tag %x of segment %d stands in %d", s.tag(), at, i)
			}
		}
		if n != g.used || n > len(g.slots)/8*7 {
			t.Fatalf("segment %d counts %d, holds %d of %d", i, g.used, n, len(g.slots))
		}
		used += n
	}
	if used != users {
		t.Fatalf("%d users in the segments, not %d", used, users)
	}
}

// TestEqualTags: a hash alone may decide to look, never who somebody is.
func TestEqualTags(t *testing.T) {
	u := newUsers()
	const tag, n = 0xfedc_ba98, 500
	for i := range n {
		id := fmt.Sprint(i)
		at := u.find(tag, id)
		if at.first != none {
			t.Fatalf("user %d is somebody else", i)
		}
		u.put(at, id, orderID(i))
	}
	for i := range n {
		at := u.find(tag, fmt.Sprint(i))
		if at.first == none || u.orders.at(at.first).order() != orderID(i) {
			t.Fatalf("user %d is somebody else", i)
		}
	}
}

// TestTagsOfTheSameSlots has tags that differ in their leading bits only, so that
// every one of them wants the same slot of its segment.
func TestTagsOfTheSameSlots(t *testing.T) {
	u := newUsers()
	const n = 3000
	for i := range n {
		u.put(u.find(uint32(i)<<20, fmt.Sprint(i)), fmt.Sprint(i), orderID(i))
	}
	checkSegments(t, u, n)
	for i := range n {
		if u.find(uint32(i)<<20, fmt.Sprint(i)).first == none {
			t.Fatalf("user %d is gone", i)
		}
	}
}

// TestChunksEnd fills chunks of the arena with users of many lengths, so that
// they end in every way, to the byte among them, and the last one is full.
func TestChunksEnd(t *testing.T) {
	for _, length := range []int{4, 5, 6, 7, 8, 11, 12, 13, 40, 43, 63, sale.MaxUser} {
		u := newUsers()
		size := sizeOf(length)
		var want []string
		for i := 0; len(u.orders.chunks) < 3 || len(u.orders.chunks[2])+size <= chunkSize; i++ {
			id := fmt.Sprintf("%0*x", length, i)
			want = append(want, id)
			u.add(id, orderID(i), false)
		}
		if got := everybody(u, 100); !slices.Equal(got, want) {
			t.Fatalf("length %d: %d users, not %d", length, len(got), len(want))
		}
	}
}

// TestUsersAreAMap compares the table with a map, whatever is done to them.
func TestUsersAreAMap(t *testing.T) {
	type kept struct {
		order sale.OrderID
		ended bool
	}
	rapid.Check(t, func(t *rapid.T) {
		u := newUsers()
		m := map[string][]kept{} // oldest first
		orders := 0
		drawID := rapid.Custom(func(t *rapid.T) string {
			return strings.Repeat(rapid.SampledFrom([]string{"a", "B", "0"}).Draw(t, "letter"), rapid.IntRange(1, sale.MaxUser).Draw(t, "length"))
		})
		drawOrder := rapid.Custom(func(t *rapid.T) sale.OrderID { return orderID(rapid.IntRange(0, orders+1).Draw(t, "order")) })
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				id := drawID.Draw(t, "id")
				ended := rapid.Bool().Draw(t, "ended")
				for range rapid.IntRange(1, 30).Draw(t, "times") {
					orders++
					u.add(id, orderID(orders), ended)
					m[id] = append(m[id], kept{orderID(orders), ended})
				}
			},
			"crowd": func(t *rapid.T) {
				for range rapid.IntRange(1, 2000).Draw(t, "n") {
					orders++
					id := fmt.Sprintf("crowd-%d", orders)
					u.add(id, orderID(orders), false)
					m[id] = []kept{{orderID(orders), false}}
				}
			},
			"end": func(t *rapid.T) {
				id, order := drawID.Draw(t, "id"), drawOrder.Draw(t, "order")
				u.end(id, order)
				for i := range m[id] {
					m[id][i].ended = m[id][i].ended || m[id][i].order == order
				}
			},
			"look": func(t *rapid.T) {
				id, order := drawID.Draw(t, "id"), drawOrder.Draw(t, "order")
				want := user{}
				for _, k := range m[id] {
					want.knows = want.knows || k.order == order
					if k.ended {
						want.past++
						continue
					}
					want.held++
					want.newest = k.order
				}
				got := u.look(id, order)
				if (got.first != none) != (len(m[id]) > 0) {
					t.Fatalf("%s is at %+v", id, got.place)
				}
				if got.place = want.place; got != want {
					t.Fatalf("%s is %+v, not %+v", id, got, want)
				}
			},
			"everybody": func(t *rapid.T) {
				got := everybody(u, rapid.IntRange(1, 600).Draw(t, "page"))
				slices.Sort(got)
				var want []string
				for id := range m {
					want = append(want, id)
				}
				slices.Sort(want)
				if !slices.Equal(got, want) {
					t.Fatalf("%d users, not %d", len(got), len(want))
				}
			},
		})
	})
}

// TestUsersFromASeqOn: they cost what they are, and not what all are.
func TestUsersFromASeqOn(t *testing.T) {
	const loaded, admitted = 3000, 100_000
	u := newUsers()
	for n := range loaded {
		u.add(fmt.Sprint("loaded", n), orderID(n), false)
	}
	first := func(seq int64) string { return fmt.Sprint("u", seq-seq/3) } // each third order is of one who has one
	for seq := int64(1); seq <= admitted; seq++ {
		u.mark(seq)
		u.add(first(seq), orderID(int(seq)), false)
	}
	for seq := int64(1); seq <= admitted; seq += 98 { // 1 and 2 of three
		page, _ := u.page(u.since(seq), make([]string, 0, markEvery))
		if seq%3 != 0 && !slices.Contains(page, first(seq)) {
			t.Fatalf("from seq %d on they are %q, …", seq, page)
		}
	}
	if page, next := u.page(u.since(admitted-1), make([]string, 0, markEvery)); len(page) == 0 || next != none {
		t.Fatalf("the last ones are %q, and more", page)
	}
	if at := u.since(admitted + 100); at != none {
		t.Fatalf("beyond the end there is %d", at)
	}
}
