package sale

import (
	"bytes"
	"strconv"
	"time"
)

// An order's JSON, between what differs. Orders are nearly all of a log, so
// they have a writer and a reader of their own; what the reader does not know to
// the last byte it leaves to encoding/json.
const (
	orderHead    = `{"order_id":"`
	orderProduct = `","product_id":"`
	orderUser    = `","user_id":"`
	orderSeq     = `","seq":`
	orderOrigin  = `,"origin":"`
	orderAt      = `,"at":"`
	orderTail    = `"}`
)

func (r *Record) appendOrder(b []byte) []byte {
	b = append(r.appendHead(b), orderUser...)
	b = append(b, r.UserID...)
	b = append(b, orderSeq...)
	b = strconv.AppendInt(b, r.Seq, 10)
	if r.Origin != "" {
		b = append(append(append(b, orderOrigin...), r.Origin...), '"')
	}
	return r.appendEnd(b)
}

// appendHead and appendEnd append what orders and payments begin and end with.
func (r *Record) appendHead(b []byte) []byte {
	b = append(b, orderHead...)
	b = r.OrderID.appendText(b)
	b = append(b, orderProduct...)
	return append(b, r.ProductID...)
}

func (r *Record) appendEnd(b []byte) []byte {
	b = append(b, orderAt...)
	b = r.At.UTC().AppendFormat(b, TimeFormat)
	return append(b, orderTail...)
}

// parseOrder reads exactly what appendOrder writes of a record that is right,
// and reports whether it was that.
func parseOrder(epoch int64, data []byte) (r Record, ok bool) {
	s := scanner{rest: data, ok: true}
	id, product := s.head()
	s.skip(orderUser)
	user := s.until('"')
	s.skip(orderSeq)
	seq := s.until(',')
	origin := s.origin()
	at := s.end()
	if !s.ok || !CheckID(product) || !CheckUser(user) || origin != nil && !CheckOrigin(origin) {
		return Record{}, false
	}
	r = Record{Kind: KindOrder, ProductID: string(product), UserID: string(user), Epoch: epoch, Origin: string(origin)}
	if !r.OrderID.scan(id) {
		return Record{}, false
	}
	if r.Seq, ok = scanSeq(seq); !ok {
		return Record{}, false
	}
	if r.At, ok = scanTime(at); !ok {
		return Record{}, false
	}
	return r, true
}

// A scanner takes known pieces off rest, as long as it is ok.
type scanner struct {
	rest []byte
	ok   bool
}

// head takes what appendHead has written.
func (s *scanner) head() (order, product []byte) {
	s.skip(orderHead)
	order = s.next(36)
	s.skip(orderProduct)
	return order, s.until('"')
}

// end takes what appendEnd has written, behind which nothing stands.
func (s *scanner) end() (at []byte) {
	s.skip(orderAt)
	at = s.next(len(TimeFormat))
	s.skip(orderTail)
	s.ok = s.ok && len(s.rest) == 0
	return at
}

func (s *scanner) begins(text string) bool {
	return len(s.rest) >= len(text) && string(s.rest[:len(text)]) == text
}

func (s *scanner) skip(text string) {
	if string(s.next(len(text))) != text {
		s.ok = false
	}
}

func (s *scanner) next(n int) []byte {
	if !s.ok || len(s.rest) < n {
		s.ok = false
		return nil
	}
	b := s.rest[:n]
	s.rest = s.rest[n:]
	return b
}

// until takes what stands before the first c, which stays.
func (s *scanner) until(c byte) []byte {
	n := bytes.IndexByte(s.rest, c)
	if n < 0 {
		s.ok = false
		return nil
	}
	return s.next(n)
}

// origin takes an order's origin, if it stands there.
func (s *scanner) origin() (origin []byte) {
	if s.begins(orderOrigin) {
		s.skip(orderOrigin)
		origin = s.until('"')
		s.skip(`"`)
	}
	return origin
}

// scanSeq reads 1 to 18 digits, the first of which is not 0.
func scanSeq(b []byte) (n int64, ok bool) {
	if len(b) == 0 || len(b) > 18 || b[0] == '0' {
		return 0, false
	}
	return scanDigits(b)
}

func scanDigits(b []byte) (n int64, ok bool) {
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int64(c-'0')
	}
	return n, true
}

// scanTime reads TimeFormat, of a day that there is, and that is not the zero time.
func scanTime(b []byte) (time.Time, bool) {
	var part [7]int
	for i, p := range [...]struct {
		from, to int
		end      byte
	}{{0, 4, '-'}, {5, 7, '-'}, {8, 10, 'T'}, {11, 13, ':'}, {14, 16, ':'}, {17, 19, '.'}, {20, 23, 'Z'}} {
		n, ok := scanDigits(b[p.from:p.to])
		if !ok || b[p.to] != p.end {
			return time.Time{}, false
		}
		part[i] = int(n)
	}
	t := time.Date(part[0], time.Month(part[1]), part[2], part[3], part[4], part[5], part[6]*int(time.Millisecond), time.UTC)
	// Date carries 31 April over into May; ParseRecord refuses it.
	day, clock := t.Day() == part[2] && int(t.Month()) == part[1], part[3] < 24 && part[4] < 60 && part[5] < 60
	return t, day && clock && !t.IsZero()
}
