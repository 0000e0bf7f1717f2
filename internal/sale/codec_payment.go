package sale

import "strconv"

// A payment's JSON, between what differs. Of a sale with prices, payments are
// half of the log, and so they are written and read as orders are.
const (
	paymentID       = `","payment_id":"`
	paymentLate     = `","late_id":"`
	paymentAmount   = `","amount":`
	paymentCurrency = `,"currency":"`
	paymentBy       = `","by":"`
)

func (r *Record) appendPayment(b []byte) []byte {
	b = append(r.appendHead(b), paymentID...)
	b = append(b, r.PaymentID...)
	b = append(b, paymentLate...)
	b = r.LateID.appendText(b)
	b = append(b, paymentAmount...)
	b = strconv.AppendInt(b, r.Price.Amount, 10)
	b = append(b, paymentCurrency...)
	b = append(b, r.Price.Currency...)
	if r.By != "" {
		b = append(b, paymentBy...)
		b = append(b, r.By...)
	}
	return r.appendEnd(append(b, '"'))
}

// parsePayment reads exactly what appendPayment writes of a record that is right,
// and reports whether it was that.
func parsePayment(epoch int64, data []byte) (r Record, ok bool) {
	s := scanner{rest: data, ok: true}
	order, product := s.head()
	s.skip(paymentID)
	payment := s.until('"')
	s.skip(paymentLate)
	late := s.next(36)
	s.skip(paymentAmount)
	amount := s.until(',')
	s.skip(paymentCurrency)
	currency := s.until('"')
	var by []byte
	if s.begins(paymentBy) {
		s.skip(paymentBy)
		if by = s.until('"'); !CheckID(by) {
			return Record{}, false
		}
	}
	s.skip(`"`)
	at := s.end()
	if !s.ok || !CheckID(product) {
		return Record{}, false
	}
	r = Record{Kind: KindPay, ProductID: string(product), PaymentID: string(payment), Epoch: epoch, By: string(by)}
	if !CheckPayment(r.PaymentID) || !r.OrderID.scan(order) || !r.LateID.scan(late) {
		return Record{}, false
	}
	if r.Price.Amount, ok = scanSeq(amount); !ok {
		return Record{}, false
	}
	if r.Price.Currency = string(currency); !r.Price.valid() {
		return Record{}, false
	}
	r.At, ok = scanTime(at)
	return r, ok
}
