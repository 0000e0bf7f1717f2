package sale

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"
)

// TimeFormat is how every time is written, in records and in answers: RFC 3339,
// UTC, milliseconds.
const TimeFormat = "2006-01-02T15:04:05.000Z"

// FormatTime is a time in TimeFormat, and nothing if it is zero.
func FormatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(TimeFormat)
}

// FormatCount is how many of something there are, as "1 order" and "10,000 orders".
func FormatCount(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits + " " + what + "s"
}

// body is a record's JSON form. Kind, version and epoch stand beside it, so that
// a reader can pass over what it does not know without reading it.
type body struct {
	OrderID   *OrderID   `json:"order_id,omitempty"`
	ProductID string     `json:"product_id"`
	UserID    string     `json:"user_id,omitempty"`
	Seq       int64      `json:"seq,omitempty"`
	Origin    string     `json:"origin,omitempty"`
	Nonce     string     `json:"nonce,omitempty"`
	Skips     int64      `json:"skips,omitempty"`
	Terms     *termsBody `json:"terms,omitempty"`
	Deleted   bool       `json:"deleted,omitempty"`
	Secret    string     `json:"secret,omitempty"`
	PaymentID string     `json:"payment_id,omitempty"`
	LateID    *OrderID   `json:"late_id,omitempty"`
	Amount    int64      `json:"amount,omitempty"`
	Currency  string     `json:"currency,omitempty"`
	Reason    string     `json:"reason,omitempty"`
	Chunk     *chunkBody `json:"chunk,omitempty"`
	By        string     `json:"by,omitempty"`
	At        moment     `json:"at"`
}

type termsBody struct {
	Name             string     `json:"name,omitempty"`
	Quantity         int64      `json:"quantity"`
	LimitPerUser     int        `json:"limit_per_user"`
	OrdersPerUser    int        `json:"orders_per_user,omitempty"`
	UnpaidPerAddress int        `json:"unpaid_per_address,omitempty"`
	OpensAt          moment     `json:"opens_at,omitzero"`
	ClosesAt         moment     `json:"closes_at,omitzero"`
	PaymentWindow    string     `json:"payment_window,omitempty"`
	Paused           bool       `json:"paused,omitempty"`
	Closed           bool       `json:"closed,omitempty"`
	Archived         bool       `json:"archived,omitempty"`
	Group            string     `json:"group,omitempty"`
	Rehearsal        bool       `json:"rehearsal,omitempty"`
	Price            *priceBody `json:"price,omitempty"`
	URL              string     `json:"url,omitempty"`
	ImageURL         string     `json:"image_url,omitempty"`
}

type priceBody struct {
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"`
}

func newPriceBody(p Price) *priceBody {
	if p == (Price{}) {
		return nil
	}
	return &priceBody{p.Amount, p.Currency}
}

func (w *priceBody) price() Price {
	if w == nil {
		return Price{}
	}
	return Price{w.Amount, w.Currency}
}

// A moment is a time in TimeFormat: whatever the fold takes from a record, a
// table can keep exactly.
type moment struct{ time.Time }

func (m moment) MarshalJSON() ([]byte, error) {
	return m.UTC().AppendFormat(nil, `"`+TimeFormat+`"`), nil
}

func (m *moment) UnmarshalJSON(data []byte) error {
	err := m.Time.UnmarshalJSON(data)
	m.Time = m.UTC().Truncate(time.Millisecond)
	return err
}

// AppendBody appends the JSON form of r to b. The record must be one that
// ParseRecord would take; its ids then need no escaping.
func (r *Record) AppendBody(b []byte) []byte {
	switch { // the two whose cost is felt
	case r.Kind == KindOrder:
		return r.appendOrder(b)
	case r.Kind == KindPay && r.PaymentID != "":
		return r.appendPayment(b)
	}
	w := body{ProductID: r.ProductID, By: r.By, At: moment{r.At}}
	switch r.Kind {
	case KindOpening:
		w.Nonce, w.Skips, w.Deleted, w.Secret, w.Terms = r.Nonce, r.Skips, r.Deleted, r.Secret, newTermsBody(r.Terms)
	case KindState:
		w.Secret, w.Chunk = r.Secret, newChunkBody(r.Chunk)
	case KindRefundDue, KindRefunded:
		w.PaymentID, w.Reason = r.PaymentID, r.Reason
	default:
		w.OrderID, w.Reason = &r.OrderID, r.Reason
	}
	return append(b, marshal(w)...)
}

func marshal(v any) []byte {
	j, err := json.Marshal(v)
	if err != nil {
		panic(err) // no value of a record can fail
	}
	return j
}

// ParseRecord reads what AppendBody wrote, with the kind, version and epoch that
// stood beside it. A version above this program's is ErrNewer; whatever the fold
// could not make sense of is ErrPoison, and so is what its version does not have.
func ParseRecord(kind Kind, version int, epoch int64, data []byte) (r Record, err error) {
	if version > Version {
		return r, fmt.Errorf("%w: this one reads records up to version %d, and that is of version %d", ErrNewer, Version, version)
	}
	if version < 1 {
		return poison("version %d", version)
	}
	ok := false
	switch kind {
	case KindOrder:
		r, ok = parseOrder(epoch, data)
	case KindPay:
		r, ok = parsePayment(epoch, data)
	}
	if !ok {
		r, err = parseStrictly(kind, epoch, data)
	}
	if err == nil && r.Version() > version {
		return poison("a record of version %d that says version %d", r.Version(), version)
	}
	return r, err
}

func parseStrictly(kind Kind, epoch int64, data []byte) (Record, error) {
	var w body
	if err := unmarshal(data, &w); err != nil {
		return poison("%v", err)
	}
	r := Record{Kind: kind, ProductID: w.ProductID, Epoch: epoch, At: w.At.Time, Nonce: w.Nonce, Deleted: w.Deleted, By: w.By}
	if !CheckID(r.ProductID) {
		return poison("product_id %s", RuleID.Words)
	}
	if r.At.IsZero() {
		return poison("a record without at")
	}
	if r.By != "" && (!CheckID(r.By) || kind != KindOpening && kind != KindPay && kind != KindCancel && kind != KindVoid && kind != KindRefunded) {
		return poison("by is for an operator, who %s", RuleID.Words)
	}
	if w.OrderID != nil {
		r.OrderID = *w.OrderID
	}
	if _, err := hex.DecodeString(w.Secret); err != nil {
		return poison("secret must be hexadecimal")
	}
	switch kind {
	case KindOrder:
		r.UserID, r.Seq, r.Origin = w.UserID, w.Seq, w.Origin
		if !CheckUser(r.UserID) || r.Seq < 1 || w.OrderID == nil {
			return poison("an order without order_id, user_id or seq")
		}
		if r.Origin != "" && !CheckOrigin(r.Origin) {
			return poison("origin must be %d hexadecimal digits", originSize)
		}
	case KindPay, KindCancel, KindExpire:
		if w.OrderID == nil {
			return poison("%s without order_id", kind)
		}
		if kind == KindPay && w.PaymentID != "" {
			r.PaymentID, r.Price = w.PaymentID, Price{w.Amount, w.Currency}
			if !CheckPayment(r.PaymentID) || w.LateID == nil || r.Price == (Price{}) || !r.Price.valid() {
				return poison("a payment without payment_id, late_id, amount or currency")
			}
			r.LateID = *w.LateID
		}
	case KindVoid:
		if r.Reason = w.Reason; w.OrderID == nil || !CheckReason(r.Reason) {
			return poison("void without order_id or reason")
		}
	case KindRefundDue, KindRefunded:
		r.PaymentID, r.Reason = w.PaymentID, w.Reason
		if !CheckPayment(r.PaymentID) || (kind == KindRefundDue || r.Reason != "") && !CheckReason(r.Reason) {
			return poison("%s without payment_id or reason", kind)
		}
	case KindOpening:
		if w.Terms == nil || epoch < 1 {
			return poison("an opening without terms or epoch")
		}
		if r.Skips = w.Skips; r.Skips < 0 || r.Skips >= epoch {
			return poison("skips must be 0 to %d", epoch-1)
		}
		if !CheckID(r.Nonce) { // a store keeps it
			return poison("nonce %s", RuleID.Words)
		}
		t, err := w.Terms.terms()
		if err == nil && (!r.Deleted || t != Terms{}) { // a tombstone that is deleted again has none left
			err = t.Check()
		}
		if err != nil {
			return poison("terms: %v", err)
		}
		r.Terms, r.Secret = t, w.Secret
	case KindState:
		if w.Chunk == nil || epoch < 0 {
			return poison("a state without chunk or epoch")
		}
		c, err := w.Chunk.chunk(r.ProductID, epoch)
		if err != nil {
			return poison("chunk: %v", err)
		}
		r.Chunk, r.Secret = c, w.Secret
	default:
		return poison("unknown kind %q", kind)
	}
	return r, nil
}

func poison(format string, args ...any) (Record, error) {
	return Record{}, fmt.Errorf("%w: %s", ErrPoison, fmt.Sprintf(format, args...))
}

// unmarshal reads one JSON value, and nothing that v does not know.
func unmarshal(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("more than one JSON value")
	}
	return nil
}

func newTermsBody(t Terms) *termsBody {
	w := &termsBody{
		Name: t.Name, Quantity: t.Quantity, LimitPerUser: t.LimitPerUser, OrdersPerUser: t.OrdersPerUser, UnpaidPerAddress: t.UnpaidPerAddress,
		OpensAt: moment{t.OpensAt}, ClosesAt: moment{t.ClosesAt}, Paused: t.Paused,
		Closed: t.Closed, Archived: t.Archived, Group: t.Group, Rehearsal: t.Rehearsal,
		Price: newPriceBody(t.Price), URL: t.URL, ImageURL: t.ImageURL,
	}
	if t.PaymentWindow != 0 {
		w.PaymentWindow = t.PaymentWindow.String()
	}
	return w
}

func (w termsBody) terms() (Terms, error) {
	t := Terms{
		Name: w.Name, Quantity: w.Quantity, LimitPerUser: w.LimitPerUser, OrdersPerUser: w.OrdersPerUser, UnpaidPerAddress: w.UnpaidPerAddress,
		OpensAt: w.OpensAt.Time, ClosesAt: w.ClosesAt.Time, Paused: w.Paused, Closed: w.Closed, Archived: w.Archived, Group: w.Group, Rehearsal: w.Rehearsal,
		Price: w.Price.price(), URL: w.URL, ImageURL: w.ImageURL,
	}
	if w.PaymentWindow != "" {
		window, err := time.ParseDuration(w.PaymentWindow)
		if err != nil {
			return Terms{}, err
		}
		t.PaymentWindow = window
	}
	return t, nil
}
