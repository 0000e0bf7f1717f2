package sale

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// agree checks that the fast way takes nothing that the strict one would not,
// and reads the same from it.
func agree(t interface {
	Helper()
	Fatalf(string, ...any)
}, data []byte) (fast bool) {
	t.Helper()
	for kind, parse := range fastWays {
		got, ok := parse(3, data)
		want, err := parseStrictly(kind, 3, data)
		if ok && (err != nil || got != want) {
			t.Fatalf("of %q\nthe fast way reads   %+v\nthe strict way reads %+v, %v", data, got, want, err)
		}
		fast = fast || ok
	}
	return fast
}

var fastWays = map[Kind]func(epoch int64, data []byte) (Record, bool){KindOrder: parseOrder, KindPay: parsePayment}

func somePayment(t *rapid.T) Record {
	return Record{
		Kind: KindPay, Epoch: 3,
		ProductID: rapid.StringMatching(`[A-Za-z0-9_-]{1,64}`).Draw(t, "product"),
		PaymentID: rapid.StringMatching(`[A-Za-z0-9_-]{1,64}`).Draw(t, "payment"),
		By:        rapid.StringMatching(`[A-Za-z0-9_-]{0,64}`).Draw(t, "by"),
		OrderID:   OrderID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "order")),
		LateID:    OrderID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "late")),
		Price:     Price{rapid.Int64Range(1, MaxAmount).Draw(t, "amount"), rapid.SampledFrom([]string{"EUR", "CNY", "USD"}).Draw(t, "currency")},
		At:        time.UnixMilli(rapid.Int64Range(-62135596799999, 253402300799999).Draw(t, "at")).UTC(),
	}
}

func aFastOne(t *rapid.T) Record {
	if rapid.Bool().Draw(t, "is a payment") {
		return somePayment(t)
	}
	return anOrder(t)
}

func anOrder(t *rapid.T) Record {
	return Record{
		Kind: KindOrder, Epoch: 3,
		ProductID: rapid.StringMatching(`[A-Za-z0-9_-]{1,64}`).Draw(t, "product"),
		UserID:    rapid.StringMatching(`[A-Za-z0-9._~:@|/+=-]{1,120}`).Draw(t, "user"),
		OrderID:   OrderID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "order")),
		Seq:       rapid.Int64Range(1, 1e18-1).Draw(t, "seq"),
		At:        time.UnixMilli(rapid.Int64Range(-62135596799999, 253402300799999).Draw(t, "at")).UTC(),
	}
}

func TestOrdersAndPaymentsTakeTheFastWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := aFastOne(t)
		data := r.AppendBody(nil)
		if !agree(t, data) {
			t.Fatalf("%s went the slow way", data)
		}
		if got, err := ParseRecord(r.Kind, Version, 3, data); err != nil || got != r {
			t.Fatalf("%+v came back as %+v, %v", r, got, err)
		}
	})
}

// Nearly right orders and payments: one piece of a right one replaced by something near it.
func TestTheTwoWaysAgree(t *testing.T) {
	pieces := rapid.SampledFrom([]string{
		"", " ", `"`, `\u0041`, "0", "00", "-1", "1.0", "1e3", "31", "29", "24", "60", "Z", "+01:00", ":", "T", ",", "{", "}", "\n", "A", "é", "\x00",
		`"order_id":"`, `","seq":`, `,"at":"`, `"}`, `,"deleted":true`, `,"seq":7`,
		`","payment_id":"`, `","by":"`, `,"currency":"`, `"EUR"`, `","reason":"x`,
	})
	rapid.Check(t, func(t *rapid.T) {
		r := aFastOne(t)
		data := string(r.AppendBody(nil))
		for range rapid.IntRange(1, 3).Draw(t, "edits") {
			from := rapid.IntRange(0, len(data)).Draw(t, "from")
			to := min(len(data), from+rapid.IntRange(0, 3).Draw(t, "drop"))
			data = data[:from] + pieces.Draw(t, "piece") + data[to:]
		}
		agree(t, []byte(data))
	})
}

func TestTheTwoWaysAgreeOnTimes(t *testing.T) {
	for month := range 14 {
		for day := range 33 {
			for _, year := range []int{0, 1900, 2000, 2023, 2024, 9999} {
				agree(t, orderAtTime(fmt.Sprintf("%04d-%02d-%02dT23:59:59.999Z", year, month, day)))
			}
		}
	}
	for n := range 100 {
		for _, format := range []string{"2024-01-01T%02d:00:00.000Z", "2024-01-01T00:%02d:00.000Z", "2024-01-01T00:00:%02d.000Z"} {
			agree(t, orderAtTime(fmt.Sprintf(format, n)))
		}
	}
}

func orderAtTime(at string) []byte {
	return []byte(orderHead + OrderID{}.String() + orderProduct + "1" + orderUser + "u" + orderSeq + "1" + orderAt + at + orderTail)
}

func FuzzTheTwoWaysAgree(f *testing.F) {
	f.Add(orderAtTime("2024-02-29T00:00:00.000Z"))
	f.Add(orderAtTime("2023-02-29T00:00:00.000Z"))
	f.Add((&Record{Kind: KindPay, ProductID: "1", PaymentID: "m", Price: Price{1, "EUR"}, By: "ann", At: time.UnixMilli(1)}).AppendBody(nil))
	f.Fuzz(func(t *testing.T, data []byte) { agree(t, data) })
}

func BenchmarkOrderCodec(b *testing.B) {
	r := Record{Kind: KindOrder, Epoch: 3, ProductID: "1", UserID: "user-0000001", Seq: 123456, At: time.UnixMilli(1_778_000_000_000)}
	data := r.AppendBody(nil)
	b.Run("append", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			data = r.AppendBody(data[:0])
		}
	})
	b.Run("parse", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := ParseRecord(KindOrder, Version, 3, data); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("parse strictly", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := parseStrictly(KindOrder, 3, data); err != nil {
				b.Fatal(err)
			}
		}
	})
}
