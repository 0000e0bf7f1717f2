package sale

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// TimeFormat is how every time is written, in records and in answers: RFC 3339,
// UTC, milliseconds.
const TimeFormat = "2006-01-02T15:04:05.000Z"

// body is a record's JSON form. Kind, version and epoch stand beside it, so that
// a reader can pass over what it does not know without reading it.
type body struct {
	OrderID   *OrderID   `json:"order_id,omitempty"`
	ProductID string     `json:"product_id"`
	UserID    string     `json:"user_id,omitempty"`
	Seq       int64      `json:"seq,omitempty"`
	Nonce     string     `json:"nonce,omitempty"`
	Skips     int64      `json:"skips,omitempty"`
	Terms     *termsBody `json:"terms,omitempty"`
	Deleted   bool       `json:"deleted,omitempty"`
	Secret    string     `json:"secret,omitempty"`
	At        moment     `json:"at"`
}

type termsBody struct {
	Name          string `json:"name,omitempty"`
	Quantity      int64  `json:"quantity"`
	LimitPerUser  int    `json:"limit_per_user"`
	OrdersPerUser int    `json:"orders_per_user,omitempty"`
	OpensAt       moment `json:"opens_at,omitzero"`
	ClosesAt      moment `json:"closes_at,omitzero"`
	PaymentWindow string `json:"payment_window,omitempty"`
	Paused        bool   `json:"paused,omitempty"`
	Closed        bool   `json:"closed,omitempty"`
	Rehearsal     bool   `json:"rehearsal,omitempty"`
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
	if r.Kind == KindOrder { // the one kind whose cost is felt
		return r.appendOrder(b)
	}
	w := body{ProductID: r.ProductID, At: moment{r.At}}
	if r.Kind == KindOpening {
		w.Nonce, w.Skips, w.Deleted, w.Secret = r.Nonce, r.Skips, r.Deleted, r.Secret
		w.Terms = &termsBody{
			Name: r.Terms.Name, Quantity: r.Terms.Quantity, LimitPerUser: r.Terms.LimitPerUser, OrdersPerUser: r.Terms.OrdersPerUser,
			OpensAt: moment{r.Terms.OpensAt}, ClosesAt: moment{r.Terms.ClosesAt}, Paused: r.Terms.Paused,
			Closed: r.Terms.Closed, Rehearsal: r.Terms.Rehearsal,
		}
		if r.Terms.PaymentWindow != 0 {
			w.Terms.PaymentWindow = r.Terms.PaymentWindow.String()
		}
	} else {
		w.OrderID = &r.OrderID
	}
	j, err := json.Marshal(w)
	if err != nil {
		panic(err) // no value of body can fail
	}
	return append(b, j...)
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
	if kind == KindOrder {
		r, ok = parseOrder(epoch, data)
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
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&w); err != nil {
		return poison("%v", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return poison("more than one JSON value")
	}
	r := Record{Kind: kind, ProductID: w.ProductID, Epoch: epoch, At: w.At.Time, Nonce: w.Nonce, Deleted: w.Deleted}
	if !CheckID(r.ProductID) {
		return poison("product_id %s", RuleID.words)
	}
	if r.At.IsZero() {
		return poison("a record without at")
	}
	if w.OrderID != nil {
		r.OrderID = *w.OrderID
	}
	switch kind {
	case KindOrder:
		r.UserID, r.Seq = w.UserID, w.Seq
		if !CheckID(r.UserID) || r.Seq < 1 || w.OrderID == nil {
			return poison("an order without order_id, user_id or seq")
		}
	case KindPay, KindCancel, KindExpire:
		if w.OrderID == nil {
			return poison("%s without order_id", kind)
		}
	case KindOpening:
		if w.Terms == nil || epoch < 1 {
			return poison("an opening without terms or epoch")
		}
		if r.Skips = w.Skips; r.Skips < 0 || r.Skips >= epoch {
			return poison("skips must be 0 to %d", epoch-1)
		}
		if !CheckID(r.Nonce) { // a store keeps it
			return poison("nonce %s", RuleID.words)
		}
		if _, err := hex.DecodeString(w.Secret); err != nil {
			return poison("secret must be hexadecimal")
		}
		r.Secret = w.Secret
		t, err := w.Terms.terms()
		if err == nil && (!r.Deleted || t != Terms{}) { // a tombstone that is deleted again has none left
			err = t.Check()
		}
		if err != nil {
			return poison("terms: %v", err)
		}
		r.Terms = t
	default:
		return poison("unknown kind %q", kind)
	}
	return r, nil
}

func poison(format string, args ...any) (Record, error) {
	return Record{}, fmt.Errorf("%w: %s", ErrPoison, fmt.Sprintf(format, args...))
}

func (w termsBody) terms() (Terms, error) {
	t := Terms{
		Name: w.Name, Quantity: w.Quantity, LimitPerUser: w.LimitPerUser, OrdersPerUser: w.OrdersPerUser,
		OpensAt: w.OpensAt.Time, ClosesAt: w.ClosesAt.Time, Paused: w.Paused, Closed: w.Closed, Rehearsal: w.Rehearsal,
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
