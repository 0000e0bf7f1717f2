package verify

import "seckill/internal/sale"

// A row is one order.
type row struct {
	id     sale.OrderID
	number int64
	seq    int64
	epoch  int64
	offset int64
	ended  int64 // milliseconds, as time.Time.UnixMilli
	window int64 // nanoseconds from PlacedAt to PayBy; 0: nothing was to be paid
	user   int32
	next   int32 // the next row by which the user holds a unit
	slot   int32
	price  int32 // of the table's prices
	status uint8 // of statuses
	seen   bool  // in the store
}

// statuses are those that the fold gives, by a row's number for them.
var statuses = []sale.Status{sale.Placed, sale.Paid, sale.Cancelled, sale.Expired, sale.Rejected}

// rowsAtOnce is how many rows are made together: a slice that grows would copy
// all of them.
const rowsAtOnce = 4096

type rows struct {
	chunks []*[rowsAtOnce]row
	n      int32
}

func (r *rows) at(i int32) *row { return &r.chunks[i/rowsAtOnce][i%rowsAtOnce] }

func (r *rows) add() int32 {
	if int(r.n) == len(r.chunks)*rowsAtOnce {
		r.chunks = append(r.chunks, new([rowsAtOnce]row))
	}
	r.n++
	return r.n - 1
}

// users numbers user ids from 0.
type users struct {
	byName map[string]int32
	names  []string
}

func (u *users) number(name string) int32 {
	n, known := u.byName[name]
	if !known {
		if u.byName == nil {
			u.byName = map[string]int32{}
		}
		n = int32(len(u.names))
		u.byName[name] = n
		u.names = append(u.names, name)
	}
	return n
}
