package logtest

import (
	"context"
	"encoding/binary"
	"reflect"
	"strings"
	"testing"
	"time"

	"seckill/internal/orderlog"
	"seckill/internal/sale"
)

// at is a time as records carry it: UTC, to the millisecond.
var at = time.Date(2026, 5, 9, 12, 0, 0, 123_000_000, time.UTC)

// user is as long and as odd an id as there may be.
var user = strings.Repeat("auth0|gid://shop.example/Customer/1:a.b+c=~@x_-", 3)[:sale.MaxUser]

// order is the order that the test calls n.
func order(product string, n int64) sale.Record {
	var random [10]byte
	binary.BigEndian.PutUint64(random[2:], uint64(n))
	return sale.Record{
		Kind: sale.KindOrder, ProductID: product, Epoch: 1, At: at,
		OrderID: sale.NewOrderID(at, random), UserID: user, Seq: n,
	}
}

// orders are the orders first … first+count-1.
func orders(product string, first, count int64) []sale.Record {
	records := make([]sale.Record, count)
	for i := range records {
		records[i] = order(product, first+int64(i))
	}
	return records
}

// everyKind is a record of each kind, with all of its fields in use, and some with few.
func everyKind(product string) []sale.Record {
	end := func(kind sale.Kind) sale.Record {
		return sale.Record{Kind: kind, ProductID: product, Epoch: 7, At: at, OrderID: order(product, 1).OrderID}
	}
	return []sale.Record{
		{Kind: sale.KindOpening, ProductID: product, Epoch: 1, At: at, Nonce: "n-1", Secret: "0a1b", Terms: sale.Terms{Quantity: 1, LimitPerUser: 1}},
		{Kind: sale.KindOpening, ProductID: product, Epoch: 2, At: at, Nonce: "n-2", Terms: sale.Terms{
			Name: "Größe\u3000\"42\" & <mehr> 👨\u200d👩\u200d👧", Quantity: sale.MaxQuantity, LimitPerUser: sale.MaxLimit,
			OpensAt: at, ClosesAt: at.Add(time.Hour), PaymentWindow: 15 * time.Minute,
			Paused: true, Closed: true, Archived: true, Group: "/members:vip@shop", Rehearsal: true,
			Price: sale.Price{Amount: sale.MaxAmount, Currency: "EUR"}, URL: "https://shop.example/pay?lang=de&x=%22", ImageURL: "http://127.0.0.1:8080/a.png",
		}},
		order(product, 1),
		end(sale.KindPay), end(sale.KindCancel), end(sale.KindExpire),
		{
			Kind: sale.KindPay, ProductID: product, Epoch: 1, At: at, OrderID: order(product, 1).OrderID,
			PaymentID: strings.Repeat("pi_3-X", 20), LateID: order(product, 7).OrderID, Price: sale.Price{Amount: sale.MaxAmount, Currency: "JPY"},
		},
		{Kind: sale.KindVoid, ProductID: product, Epoch: 1, At: at, OrderID: order(product, 1).OrderID, Reason: "“fraud” & <more>", By: "ann"},
		{Kind: sale.KindRefundDue, ProductID: product, At: at, PaymentID: "pi_1", Reason: "sold_out"},
		{Kind: sale.KindRefunded, ProductID: product, At: at, PaymentID: "pi_1", By: "ann"},
		{Kind: sale.KindState, ProductID: product, At: at, Chunk: &sale.Chunk{Number: 2, Of: 2, Payments: []sale.Payment{{
			ProductID: product, ID: "pi_1", OrderID: order(product, 1).OrderID, LateID: order(product, 7).OrderID, WasLate: true,
			Paid: sale.Price{Amount: 1, Currency: "EUR"}, Status: sale.PaymentRefunded, Reason: "sold_out", By: "ann", At: at, ChangedAt: at,
		}}}},
		{Kind: sale.KindOpening, ProductID: product, Epoch: 3, At: at, Nonce: "n-3", Deleted: true, Terms: sale.Terms{Quantity: 1, LimitPerUser: 1}},
		{Kind: sale.KindState, ProductID: product, Epoch: 3, At: at, Secret: "0a1b", Chunk: &sale.Chunk{
			Number: 1, Of: 2, Recovery: &sale.Recovery{Why: []string{"<cut>"}, Lost: []string{"nothing"}},
			Product: &sale.Product{ID: product, Terms: sale.Terms{Quantity: 2, LimitPerUser: 1}, Epoch: 3, Nonce: "n-3", Held: 1, Placed: 1, Cancelled: 1, LastNumber: 2, LastReturn: 1},
			Orders: []sale.Order{
				{ID: order(product, 1).OrderID, ProductID: product, UserID: user, Slot: 1, Number: 1, Status: sale.Cancelled, Seq: 1, Epoch: 1, PlacedAt: at, PayBy: at, EndedAt: at},
				{ID: order(product, 2).OrderID, ProductID: product, UserID: "u2", Slot: 1, Number: 2, Status: sale.Placed, Seq: 2, Epoch: 1, PlacedAt: at, Price: sale.Price{Amount: 1, Currency: "JPY"}},
			},
			Returns: []sale.Return{{ProductID: product, Number: 1, OrderID: order(product, 1).OrderID, UserID: user}},
			History: []sale.HistoryEntry{{ProductID: product, Number: 1, At: at, By: "ann", What: sale.DeedPut, Changes: `[{"field":"name","to":"\u003c1\u003e"}]`}},
		}},
		{Kind: sale.KindOpening, ProductID: product, Epoch: 4, At: at, Nonce: "n-4", By: "ann", Terms: sale.Terms{Quantity: 1, LimitPerUser: 1}},
		{Kind: sale.KindCancel, ProductID: product, Epoch: 7, At: at, OrderID: order(product, 1).OrderID, By: "ann"},
	}
}

// mustAppend appends records to the partition and returns the offset of the last.
func mustAppend(t *testing.T, k orderlog.Appender, partition int32, records []sale.Record) int64 {
	t.Helper()
	last, err := k.Append(t.Context(), partition, records)
	if err != nil {
		t.Fatalf("Append of %d records: %v", len(records), err)
	}
	if last.Partition != partition {
		t.Fatalf("Append to partition %d answers partition %d", partition, last.Partition)
	}
	return last.Offset
}

// mustRead reads exactly the lines from … from+count-1, in as many reads as it takes.
func mustRead(ctx context.Context, t *testing.T, k orderlog.Reader, partition int32, from, count int64) []orderlog.Line {
	t.Helper()
	var lines []orderlog.Line
	for int64(len(lines)) < count {
		next := from + int64(len(lines))
		got, err := k.Read(ctx, partition, next, int(count)-len(lines))
		if err != nil {
			t.Fatalf("Read from %d: %v", next, err)
		}
		if len(got) == 0 || len(got) > int(count)-len(lines) {
			t.Fatalf("Read from %d at most %d lines: got %d", next, int(count)-len(lines), len(got))
		}
		lines = append(lines, got...)
	}
	for i, l := range lines {
		if l.Offset != from+int64(i) {
			t.Fatalf("line %d of a read from %d has offset %d", i, from, l.Offset)
		}
	}
	return lines
}

// wantRecords checks that the lines are these records, whole.
func wantRecords(t *testing.T, lines []orderlog.Line, records []sale.Record) {
	t.Helper()
	if len(lines) != len(records) {
		t.Fatalf("got %d lines, want %d", len(lines), len(records))
	}
	for i, l := range lines {
		if l.Poison != nil || l.Raw != nil || l.Product != records[i].ProductID || !reflect.DeepEqual(l.Record, records[i]) {
			t.Fatalf("line at %d is\n%+v\nwant the record\n%+v", l.Offset, l, records[i])
		}
	}
}

// home is a product's partition in a log that it is new to.
func home(k orderlog.Appender) (product string, partition int32) {
	return "p1", k.Partition("p1")
}
