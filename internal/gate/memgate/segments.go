package memgate

import "hash/maphash"

func (u *users) tag(id string) uint32 { return uint32(maphash.String(u.seed, id) >> 32) }

// index is the place of a tag's segment in the directory.
func (u *users) index(tag uint32) int { return int(uint64(tag) >> (32 - u.depth)) }

// find looks for the user with this tag and id.
func (u *users) find(tag uint32, id string) place {
	slots := u.segments[u.index(tag)].slots
	for i := int(tag); ; i++ {
		s := slots[i&(len(slots)-1)]
		if s == 0 {
			return place{tag, none}
		}
		if s.tag() == tag && string(u.orders.at(s.ref()).user()) == id {
			return place{tag, s.ref()}
		}
	}
}

// insert takes a new user in.
func (u *users) insert(s slot) {
	for {
		seg := u.segments[u.index(s.tag())]
		if seg.used < len(seg.slots)/8*7 {
			seg.insert(s)
			return
		}
		u.grow(seg, s.tag())
	}
}

func (g *segment) insert(s slot) {
	i := int(s.tag())
	for g.slots[i&(len(g.slots)-1)] != 0 {
		i++
	}
	g.slots[i&(len(g.slots)-1)] = s
	g.used++
}

// grow makes room in the segment of a tag: one of twice the size while it is
// small, else two.
func (u *users) grow(g *segment, tag uint32) {
	if len(g.slots) < mostSlots || g.depth == mostDepth {
		larger := newSegment(g.depth, 2*len(g.slots))
		g.pour(func(slot) *segment { return larger })
		u.replace(g, tag, larger, larger)
		return
	}
	if g.depth == u.depth {
		u.double()
	}
	low, high := newSegment(g.depth+1, mostSlots), newSegment(g.depth+1, mostSlots)
	bit := uint32(1) << (31 - g.depth)
	g.pour(func(s slot) *segment {
		if s.tag()&bit == 0 {
			return low
		}
		return high
	})
	u.replace(g, tag, low, high)
}

// pour inserts all of g where each belongs.
func (g *segment) pour(into func(slot) *segment) {
	for _, s := range g.slots {
		if s != 0 {
			into(s).insert(s)
		}
	}
}

// double gives the directory one more bit.
func (u *users) double() {
	twice := make([]*segment, 0, 2*len(u.segments))
	for _, g := range u.segments {
		twice = append(twice, g, g)
	}
	u.segments = twice
	u.depth++
}

// replace puts low and high where g, the segment of a tag, stood in the directory.
func (u *users) replace(g *segment, tag uint32, low, high *segment) {
	width := 1 << (u.depth - g.depth)
	from := u.index(tag) &^ (width - 1)
	for i := range width {
		if i < width/2 {
			u.segments[from+i] = low
		} else {
			u.segments[from+i] = high
		}
	}
}
