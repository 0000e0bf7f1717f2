package storetest

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"time"

	"seckill/internal/sale"
)

// written is when the records of the tests were made.
var written = time.Date(2026, 11, 11, 20, 0, 0, 123e6, time.UTC)

// withWindow are terms whose orders can be paid, cancelled and expired.
func withWindow(quantity int64, limit int) sale.Terms {
	return sale.Terms{Quantity: quantity, LimitPerUser: limit, PaymentWindow: time.Hour, Price: sale.Price{Amount: 100 + quantity, Currency: "JPY"}}
}

func opening(product string, epoch int64, terms sale.Terms) sale.Record {
	return sale.Record{
		Kind: sale.KindOpening, ProductID: product, Epoch: epoch, At: written,
		Nonce: fmt.Sprintf("nonce-%s-%d", product, epoch), Terms: terms,
	}
}

// deletion is the opening that removes a product.
func deletion(product string, epoch int64) sale.Record {
	r := opening(product, epoch, withWindow(1, 1))
	r.Deleted = true
	return r
}

// userID is the user id that a test calls by its beginning: as long and as odd as one may be.
func userID(name string) string {
	const tail = "|gid://shop.example/Customer/1:a.b+c=~@x_-"
	return name + strings.Repeat(tail, 1+sale.MaxUser/len(tail))[:sale.MaxUser-len(name)]
}

// buy is the record of order n, by user.
func buy(product string, epoch int64, n int, user string) sale.Record {
	return sale.Record{
		Kind: sale.KindOrder, ProductID: product, Epoch: epoch, At: written,
		OrderID: id(n), UserID: userID(user), Seq: int64(n),
	}
}

// pay, cancel and expire mean the order of whichever epoch it is.
func pay(product string, n int) sale.Record    { return end(sale.KindPay, product, n) }
func cancel(product string, n int) sale.Record { return end(sale.KindCancel, product, n) }
func expire(product string, n int) sale.Record { return end(sale.KindExpire, product, n) }

func end(kind sale.Kind, product string, n int) sale.Record {
	return sale.Record{Kind: kind, ProductID: product, Epoch: math.MaxInt64, At: written.Add(time.Minute), OrderID: id(n)}
}

// id is the id of order n: far from that of n+1, as keyed ids are.
func id(n int) sale.OrderID {
	var id sale.OrderID
	binary.BigEndian.PutUint64(id[:8], uint64(n)*0x9e3779b97f4a7c15)
	binary.BigEndian.PutUint64(id[8:], uint64(n))
	return id
}
