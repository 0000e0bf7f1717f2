package sale

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// A HistoryEntry is what an operator did to a product: what a record that names one
// has changed. Entries stay when the product is deleted, and are numbered on.
type HistoryEntry struct {
	ProductID string
	Number    int64     // 1..n in its product
	At        time.Time // of the record
	By        string    // the operator
	What      Deed
	OrderID   OrderID // of all but put, change and delete
	Changes   string  // FieldChanges, as JSON
}

// A Deed is what an operator may do to a product or an order of it.
type Deed string

// The deeds.
const (
	DeedPut    Deed = "put"    // it is there since
	DeedChange Deed = "change" // other terms, or the same ones again
	DeedDelete Deed = "delete"
	DeedPay    Deed = "pay"
	DeedCancel Deed = "cancel"
	DeedVoid   Deed = "void"
	DeedRefund Deed = "refunded" // a payment
)

// Deeds is every deed.
var Deeds = []Deed{DeedPut, DeedChange, DeedDelete, DeedPay, DeedCancel, DeedVoid, DeedRefund}

// A FieldChange is a field of the terms, of an order or of a payment, before and after;
// empty if it had no value, or the default.
type FieldChange struct {
	Field string `json:"field"`
	From  string `json:"from,omitempty"`
	To    string `json:"to,omitempty"`
}

// A HistoryQuery asks for a page of a product's history, the newest first.
type HistoryQuery struct {
	Product string
	Order   OrderID // what was done to this order, or its payments; zero: all
	Before  int64   // the number to end before; 0: from its end
	Limit   int
}

// History are the entries since ForgetChanges, by number.
func (s *State) History() []HistoryEntry { return s.history }

func (s *State) note(r *Record, what Deed, changes []FieldChange) {
	s.Product.LastEntry++
	s.history = append(s.history, HistoryEntry{
		ProductID: s.Product.ID, Number: s.Product.LastEntry, At: r.At, By: r.By, What: what, OrderID: r.OrderID, Changes: string(marshal(changes)),
	})
}

// noteEnd notes, if the record names who caused it, what has paid or cancelled a placed order.
func (s *State) noteEnd(r *Record, now Status) {
	if r.By != "" {
		s.note(r, Deed(r.Kind), []FieldChange{{"status", string(Placed), string(now)}})
	}
}

// noteVoid notes, likewise, an order that was in this status and that the shop has ended.
func (s *State) noteVoid(r *Record, before Status) {
	if r.By != "" {
		s.note(r, DeedVoid, []FieldChange{{"status", string(before), string(Cancelled)}, {"void_reason", "", r.Reason}})
	}
}

// noteRefund notes, likewise, a payment that was paid back. A product that never was has no history.
func (s *State) noteRefund(r Record, m *Payment) {
	if r.By == "" || s.Product.Epoch == 0 {
		return
	}
	changes := []FieldChange{{"payment_id", "", m.ID}, {"status", string(PaymentRefundDue), string(PaymentRefunded)}}
	if r.Reason != "" {
		changes = append(changes, FieldChange{"reason", "", r.Reason})
	}
	r.OrderID = m.OrderID
	s.note(&r, DeedRefund, changes)
}

// noteTerms notes, likewise, an opening that was accepted; before is the product as it was.
func (s *State) noteTerms(r *Record, before Product) {
	switch {
	case r.By == "":
	case r.Deleted:
		s.note(r, DeedDelete, []FieldChange{})
	case before.Exists():
		s.note(r, DeedChange, changesOf(fields(before.Terms), fields(r.Terms)))
	default:
		s.note(r, DeedPut, changesOf(nil, fields(r.Terms)))
	}
}

// fields are the terms as a record has them, each as text; of a price "1999 EUR".
func fields(t Terms) map[string]string {
	price := t.Price
	t.Price = Price{}
	var values map[string]any
	d := json.NewDecoder(bytes.NewReader(marshal(newTermsBody(t))))
	d.UseNumber() // as it is written
	if err := d.Decode(&values); err != nil {
		panic(err) // it has just been written
	}
	texts := map[string]string{}
	for field, value := range values {
		texts[field] = fmt.Sprint(value)
	}
	if price != (Price{}) {
		texts["price"] = fmt.Sprint(price.Amount, " ", price.Currency)
	}
	return texts
}

// changesOf are the fields that differ, by name.
func changesOf(before, after map[string]string) []FieldChange {
	all := maps.Clone(after)
	maps.Copy(all, before)
	changes := []FieldChange{}
	for _, field := range slices.Sorted(maps.Keys(all)) {
		if before[field] != after[field] {
			changes = append(changes, FieldChange{field, before[field], after[field]})
		}
	}
	return changes
}

// historyBody is the JSON form of an entry in a state record.
type historyBody struct {
	Number  int64    `json:"number"`
	At      moment   `json:"at"`
	By      string   `json:"by"`
	What    Deed     `json:"what"`
	OrderID *OrderID `json:"order_id,omitempty"`
	Changes rawJSON  `json:"changes"`
}

func newHistoryBody(e *HistoryEntry) historyBody {
	w := historyBody{Number: e.Number, At: moment{e.At}, By: e.By, What: e.What, Changes: rawJSON(e.Changes)}
	if e.OrderID != (OrderID{}) {
		w.OrderID = &e.OrderID
	}
	return w
}

// entry reports whether it makes sense, too.
func (w *historyBody) entry(product string) (e HistoryEntry, ok bool) {
	var changes []FieldChange
	ok = CheckID(w.By) && slices.Contains(Deeds, w.What) && w.Number > 0 && !w.At.IsZero() && unmarshal(w.Changes, &changes) == nil && changes != nil
	e = HistoryEntry{ProductID: product, Number: w.Number, At: w.At.Time, By: w.By, What: w.What, Changes: string(w.Changes)}
	if w.OrderID != nil {
		e.OrderID = *w.OrderID
	}
	return e, ok
}
