package redisgate

import (
	"encoding/binary"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/redis/rueidis"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

// message makes one of what Redis answers: a string, an int64, or a list of those.
func message(t testing.TB, v any) (m rueidis.RedisMessage) {
	t.Helper()
	if err := m.CacheUnmarshalView(packed(make([]byte, 7), v)); err != nil {
		t.Fatal(err)
	}
	return m
}

// packed is the form in which the driver keeps a message: type, number or size, content.
func packed(b []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		b = binary.BigEndian.AppendUint64(append(b, '$'), uint64(len(v)))
		return append(b, v...)
	case int64:
		return binary.BigEndian.AppendUint64(append(b, ':'), uint64(v))
	case []any:
		b = binary.BigEndian.AppendUint64(append(b, '*'), uint64(len(v)))
		for _, one := range v {
			b = packed(b, one)
		}
	}
	return b
}

// written is the orders of an entry as admit.lua writes them.
func written(e gate.Entry) string {
	var b strings.Builder
	for _, r := range e.Orders {
		b.WriteByte(byte(len(r.UserID)))
		b.WriteString(r.UserID)
		b.Write(r.OrderID[:])
	}
	return b.String()
}

// An entry that is taken is the one that was written, and can be appended to the
// log as it is. Any other is an error.
func FuzzEntry(f *testing.F) {
	one := written(gate.Entry{Orders: []sale.Record{{UserID: "u1"}}})
	f.Add("3-1", "1", "1778000000000", one)
	f.Add("3-7", "2", "1778000000000", one+one)
	f.Add("3-1", "1", "1778000000000", one[:9])
	f.Add("3-1", "-1", "1778000000000", one)
	f.Add("3-1", "99999999999999", "1778000000000", one)
	f.Add("", "", "", "")
	f.Add("3-1", "1", "1778000000000", "\x00"+strings.Repeat("x", idSize))
	f.Add("3-1", "1", "99999999999999999", one)
	f.Fuzz(func(t *testing.T, id, n, at, orders string) {
		e, err := entry("1", message(t, []any{id, []any{"n", n, "at", at, "orders", orders}}))
		if err != nil {
			return
		}
		if written(e) != orders || strconv.Itoa(len(e.Orders)) != n || len(e.Orders) == 0 || string(e.ID) != id {
			t.Errorf("%q of %s is read as %+v", orders, n, e)
		}
		for i, r := range e.Orders {
			again, err := sale.ParseRecord(r.Kind, sale.Version, r.Epoch, r.AppendBody(nil))
			if err != nil || again != r || r.Seq != e.Orders[0].Seq+int64(i) || r.Epoch < 1 {
				t.Errorf("%+v would come back from the log as %+v, %v", r, again, err)
			}
		}
	})
}

// Decisions are one for each request, and those admitted have the seqs up to the last.
func FuzzDecisions(f *testing.F) {
	f.Add("A", uint8(1), int64(1))
	f.Add("AKSCPNA", uint8(7), int64(9))
	f.Add("L"+strings.Repeat("x", idSize)+"A", uint8(2), int64(1))
	f.Add("L", uint8(1), int64(1))
	f.Add("", uint8(0), int64(0))
	f.Add("AA", uint8(1), int64(1))
	f.Fuzz(func(t *testing.T, letters string, n uint8, last int64) {
		batch, out := make([]gate.Request, n), make([]gate.Decision, n)
		admitted, err := decisions(out, batch, letters, last)
		if err != nil {
			return
		}
		next, said := last-admitted, 0
		for i, d := range out {
			said++
			switch d.Verdict {
			case 0:
				t.Errorf("no verdict on request %d", i)
			case gate.LimitReached:
				said += idSize
			case gate.Admitted:
				if next++; d.Seq != next {
					t.Errorf("request %d has seq %d, not %d", i, d.Seq, next)
				}
			}
		}
		if said != len(letters) || next != last {
			t.Errorf("of %q so much was read: %d, up to seq %d of %d", letters, said, next, last)
		}
	})
}

// What is no view is an unknown outcome, and nothing else.
func FuzzView(f *testing.F) {
	f.Add("3", "1778000000000000", "5", "7", "0", "1", "", "1778000000000", "0", "1", "11")
	f.Add("3", "", "5", "7", "0", "1", "x", "", "", "", "")
	f.Fuzz(func(t *testing.T, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11 string) {
		values := []any{}
		for _, v := range []string{v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11} {
			if n, err := strconv.ParseInt(v, 10, 64); err == nil && len(values)%2 == 0 {
				values = append(values, n)
			} else {
				values = append(values, v)
			}
		}
		whole := message(t, values)
		all, err := whole.ToArray()
		if err != nil {
			t.Fatal(err)
		}
		for n := range len(all) + 1 {
			a := &reply{values: all[:n]}
			if a.view(); a.err != nil && !errors.Is(a.err, sale.ErrUnknownOutcome) || a.err == nil && n < len(all) {
				t.Errorf("of %d values: %v", n, a.err)
			}
		}
	})
}

// What is no URL of a Redis is refused without showing the password.
func FuzzURL(f *testing.F) {
	const secret = "kept-to-oneself"
	for _, host := range []string{"a:6379/0", "a", "", ":", "[::1]:6379", "a:port", "%zz", "a:6379/x", "a:6379/0?db=1"} {
		for _, query := range []string{"", "ca=", "%zz", "dial_timeout=x", "protocol=9", "db=x"} {
			f.Add("redis", "u", host, query)
			f.Add("rediss", "u", host, query)
		}
	}
	f.Fuzz(func(t *testing.T, scheme, user, host, query string) {
		if strings.Contains(query, "ca=") && len(query) > 3 {
			return // it would read any file
		}
		err := CheckURL(scheme + "://" + user + ":" + secret + "@" + host + "?" + query)
		if err != nil && strings.Contains(err.Error(), secret) && !strings.Contains(scheme+user+host+query, secret) {
			t.Error(err)
		}
	})
}
