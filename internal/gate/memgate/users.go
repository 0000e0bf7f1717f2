package memgate

import (
	"hash/maphash"
	"strings"

	"seckill/internal/sale"
)

// users is who has orders in a gate: a table from user ids to their orders in an
// arena. It takes some 50 bytes for a user of one order, whose id is 12 long.
//
// The table is a directory of segments, each a small hash table with open
// addressing; a segment that is full is split in two by one more bit of the
// hash. So it grows a few microseconds at a time, where one large table would
// stop every buyer while it moves. The directory, which doubles at once, is one
// pointer for some 700 users.
//
// A slot holds 32 bits of the hash, the tag, beside the place of the user's
// first order: a split needs no user id, and a search seldom looks at one that
// is not the user's. It always looks at the one it takes, so that equal hashes
// never make two users one. The hash has a random seed, so that nobody can
// choose ids that crowd a segment.
//
// A user's orders are linked: the first one to the newest, and that through all
// others down to the second. Of those that have ended only the first stays there;
// all of them are in a set, so that nothing goes through them.
type users struct {
	seed     maphash.Seed
	depth    uint8      // the directory goes by so many leading bits of a tag
	segments []*segment // 1<<depth; next to each other, several may be the same
	orders   arena
	marks    []ref // where the orders with the seqs 1, 1+markEvery, … begin
	ended    map[ended]struct{}
}

// An ended is an order that has ended, of the user whose first order this is.
type ended struct {
	first ref
	order sale.OrderID
}

// markEvery is how many admitted orders share a mark.
const markEvery = 64

// A segment is a hash table with the users whose tags share depth leading bits.
type segment struct {
	depth uint8
	used  int
	slots []slot // a power of two; at most 7/8 of them are used
}

// A slot is a tag and a ref; 0 if it is free.
type slot uint64

const (
	firstSlots = 8
	mostSlots  = 1024 // splitting so many takes some microseconds
	// mostDepth leaves a tag the bits that find the slot. Beyond it, which takes
	// billions of users, segments grow and do not split.
	mostDepth = 22
)

func (s slot) tag() uint32 { return uint32(s >> 32) }
func (s slot) ref() ref    { return ref(s) }

func newUsers() *users {
	return &users{seed: maphash.MakeSeed(), segments: []*segment{newSegment(0, firstSlots)}, orders: newArena()}
}

func newSegment(depth uint8, slots int) *segment {
	return &segment{depth: depth, slots: make([]slot, slots)}
}

// A place is where a user is in the table, or would be.
type place struct {
	tag   uint32
	first ref // the user's first order; none for a new user
}

// A user is what look finds.
type user struct {
	place
	knows  bool         // the user has the order that was asked for
	held   int          // how many of their orders have not ended
	past   int          // how many have, counted to 65,535
	newest sale.OrderID // of those
}

// look finds a user, and whether they have this order.
func (u *users) look(id string, order sale.OrderID) user {
	found := user{place: u.find(u.tag(id), id)}
	if found.first == none {
		return found
	}
	oldest := u.orders.at(found.first)
	found.past = oldest.past()
	if found.past > 0 {
		_, found.knows = u.ended[ended{found.first, order}]
	}
	held := func(s stored) {
		if found.held == 0 {
			found.newest = s.order()
		}
		found.held++
		found.knows = found.knows || s.order() == order
	}
	for at := oldest.link(); at != none; {
		s := u.orders.at(at)
		held(s)
		at = s.link()
	}
	if !oldest.ended() {
		held(oldest)
	}
	return found
}

// add gives a user one more order, as their newest.
func (u *users) add(id string, order sale.OrderID, hasEnded bool) {
	at := u.find(u.tag(id), id)
	if !hasEnded {
		u.put(at, id, order)
		return
	}
	if at.first == none {
		at.first = u.insertFirst(at.tag, id, order, true)
	}
	u.note(at.first, order)
}

// put is add of an order that has not ended, for a user whose place has just been found.
func (u *users) put(at place, id string, order sale.OrderID) {
	if at.first == none {
		u.insertFirst(at.tag, id, order, false)
		return
	}
	newest := u.orders.put(u.orders.at(at.first).link(), "", order, false)
	u.orders.at(at.first).setLink(newest)
}

// mark notes the place of the order that is put next, as the one with this seq.
func (u *users) mark(seq int64) {
	if seq%markEvery == 1 {
		u.marks = append(u.marks, u.orders.end())
	}
}

// since is a place before which no order has this seq or a later one.
func (u *users) since(seq int64) ref {
	if seq <= 0 {
		return first
	}
	if at := int((seq - 1) / markEvery); at < len(u.marks) {
		return u.marks[at]
	}
	return none
}

func (u *users) insertFirst(tag uint32, id string, order sale.OrderID, hasEnded bool) ref {
	first := u.orders.put(none, id, order, hasEnded)
	u.insert(slot(tag)<<32 | slot(first))
	return first
}

// end marks an order as ended, if the user has it.
func (u *users) end(id string, order sale.OrderID) {
	first := u.find(u.tag(id), id).first
	if first == none {
		return
	}
	oldest := u.orders.at(first)
	if !oldest.ended() && oldest.order() == order {
		oldest.end()
		u.note(first, order)
		return
	}
	for before := oldest; before.link() != none; before = u.orders.at(before.link()) {
		if s := u.orders.at(before.link()); s.order() == order {
			before.setLink(s.link())
			u.note(first, order)
			return
		}
	}
}

// note keeps an order that has ended, of the user whose first one this is.
func (u *users) note(first ref, order sale.OrderID) {
	if u.ended == nil {
		u.ended = map[ended]struct{}{}
	}
	u.ended[ended{first, order}] = struct{}{}
	u.orders.at(first).addPast()
}

// page appends the users from the arena's place from on to ids, as many as there
// is room for, and returns where the next page begins; none after the last.
func (u *users) page(from ref, ids []string) ([]string, ref) {
	var text strings.Builder // one piece of memory for all ids of a page
	text.Grow(16 * cap(ids))
	for from = u.orders.valid(from); from != none && len(ids) < cap(ids); from = u.orders.next(from) {
		if id := u.orders.at(from).user(); len(id) > 0 {
			begin := text.Len()
			text.Write(id)
			ids = append(ids, text.String()[begin:])
		}
	}
	return ids, from
}
