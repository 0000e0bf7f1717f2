package memgate

import (
	"encoding/binary"
	"math"

	"seckill/internal/sale"
)

// An arena keeps orders side by side in chunks of bytes, which the garbage
// collector does not look into. Nothing moves and nothing is freed: an arena
// lives as long as its epoch.
//
// An order is stored as
//
//	4 bytes    link to another order of the user, see users; 0: none
//	1 byte     length of the user id, 0 in all but the user's first order;
//	           the top bit marks an ended order
//	n bytes    the user id
//	16 bytes   the order id
//	2 bytes    of a user's first order alone: how many of their orders have ended
//
// and padded to a multiple of 4, so that 32 bits reach 16 GiB.
type arena struct {
	chunks [][]byte
}

// ref is the place of an order: chunk, and offset in units of 4 bytes.
type ref uint32

const (
	chunkSize = 1 << 16
	chunkBits = 14 // of a ref that are the offset

	linkSize   = 4
	headerSize = linkSize + 1
	orderSize  = len(sale.OrderID{})
	countSize  = 2
	endedBit   = 0x80

	none  ref = 0 // the arena begins with 4 bytes that nobody uses
	first ref = 1
)

func newArena() arena { return arena{[][]byte{make([]byte, 4, 512)}} }

// put stores an order, with its user's id if it is their first.
func (a *arena) put(link ref, user string, order sale.OrderID, ended bool) ref {
	size := sizeOf(len(user))
	last := len(a.chunks) - 1
	if len(a.chunks[last])+size > chunkSize {
		a.chunks = append(a.chunks, make([]byte, 0, chunkSize))
		last++
	}
	// Only the first chunk has less room than its size, for a product with few buyers.
	chunk := a.chunks[last]
	at := ref(last)<<chunkBits | ref(len(chunk)/4)
	header := byte(len(user))
	if ended {
		header |= endedBit
	}
	chunk = binary.LittleEndian.AppendUint32(chunk, uint32(link))
	chunk = append(chunk, header)
	chunk = append(chunk, user...)
	chunk = append(chunk, order[:]...)
	if user != "" {
		chunk = append(chunk, 0, 0)
	}
	for len(chunk)%4 != 0 {
		chunk = append(chunk, 0)
	}
	a.chunks[last] = chunk
	return at
}

// sizeOf is how many bytes an order takes, by the length of its user id.
func sizeOf(user int) int {
	size := headerSize + user + orderSize
	if user > 0 {
		size += countSize
	}
	return (size + 3) &^ 3
}

// stored is the bytes of an order, and what stands behind it.
type stored []byte

func (a *arena) at(r ref) stored {
	return a.chunks[r>>chunkBits][r%(1<<chunkBits)*4:]
}

func (s stored) link() ref        { return ref(binary.LittleEndian.Uint32(s)) }
func (s stored) setLink(link ref) { binary.LittleEndian.PutUint32(s, uint32(link)) }
func (s stored) ended() bool      { return s[linkSize]&endedBit != 0 }
func (s stored) end()             { s[linkSize] |= endedBit }
func (s stored) user() []byte     { return s[headerSize : headerSize+int(s[linkSize]&^endedBit)] }

func (s stored) order() sale.OrderID {
	return sale.OrderID(s[headerSize+len(s.user()):])
}

// past is how many orders of the user have ended, and addPast makes it one more:
// both are of a user's first order alone.
func (s stored) past() int {
	return int(binary.LittleEndian.Uint16(s[headerSize+len(s.user())+orderSize:]))
}

func (s stored) addPast() {
	count := s[headerSize+len(s.user())+orderSize:]
	if n := binary.LittleEndian.Uint16(count); n < math.MaxUint16 {
		binary.LittleEndian.PutUint16(count, n+1)
	}
}

// next is the place behind the order at r; none at the end.
func (a *arena) next(r ref) ref {
	return a.valid(r + ref(sizeOf(len(a.at(r).user()))/4))
}

// end is the place behind all orders, or where the next one will be.
func (a *arena) end() ref {
	last := len(a.chunks) - 1
	return ref(last)<<chunkBits + ref(len(a.chunks[last])/4)
}

// valid is r, or the first place of the next chunk if its own ends at r; none
// if nothing is stored from there on.
func (a *arena) valid(r ref) ref {
	chunk := r >> chunkBits
	switch {
	case int(chunk) == len(a.chunks): // behind a last chunk that is full to the byte
		return none
	case int(r%(1<<chunkBits)*4) < len(a.chunks[chunk]):
		return r
	case int(chunk) == len(a.chunks)-1:
		return none
	}
	return (chunk + 1) << chunkBits
}
