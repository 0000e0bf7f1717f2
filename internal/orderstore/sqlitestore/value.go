package sqlitestore

import (
	"database/sql/driver"
	"fmt"

	"seckill/internal/sale"
)

// A misfit is a value that no statement of this store can have put where it was
// read. STRICT tables keep it out, but not a bit that flipped on the disk. It is
// thrown, so that a row is read in one expression; conn.query catches it.
type misfit string

func integer(v driver.Value) int64 {
	n, is := v.(int64)
	if !is {
		panic(misfit(fmt.Sprintf("%v stands for an integer", v)))
	}
	return n
}

func text(v driver.Value) string {
	s, is := v.(string)
	if !is {
		panic(misfit(fmt.Sprintf("%v stands for a text", v)))
	}
	return s
}

func blob(v driver.Value) []byte {
	b, is := v.([]byte)
	if !is {
		panic(misfit(fmt.Sprintf("%v stands for bytes", v)))
	}
	return b
}

func orderID(v driver.Value) sale.OrderID {
	b := blob(v)
	if len(b) != len(sale.OrderID{}) {
		panic(misfit(fmt.Sprintf("%x stands for an order id", b)))
	}
	return sale.OrderID(b)
}

func status(v driver.Value) sale.Status {
	n := integer(v)
	if n < 1 || n > int64(len(statuses)) {
		panic(misfit(fmt.Sprintf("%d stands for a status", n)))
	}
	return statuses[n-1]
}

// catch returns the misfit that was thrown, and throws on whatever else was.
func catch(thrown any) (m misfit, is bool) {
	if thrown == nil {
		return "", false
	}
	if m, is = thrown.(misfit); !is {
		panic(thrown)
	}
	return m, true
}
