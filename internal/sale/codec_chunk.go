package sale

import (
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
)

// chunkBody is a chunk's JSON form; the checksum is that of the bytes of State.
type chunkBody struct {
	Number int64   `json:"number"`
	Of     int64   `json:"of"`
	Sum    string  `json:"sum"`
	State  rawJSON `json:"state"`
}

type stateBody struct {
	Recovery *recoveryBody `json:"recovery,omitempty"`
	Product  *productBody  `json:"product,omitempty"`
	Orders   []orderBody   `json:"orders,omitempty"`
	Returns  []returnBody  `json:"returns,omitempty"`
	History  []historyBody `json:"history,omitempty"`
	Payments []paymentBody `json:"payments,omitempty"`
}

type recoveryBody struct {
	Why  []string `json:"why"`
	Lost []string `json:"lost,omitempty"`
}

func newChunkBody(c *Chunk) *chunkBody {
	var s stateBody
	if r := c.Recovery; r != nil {
		s.Recovery = &recoveryBody{r.Why, r.Lost}
	}
	if c.Product != nil {
		s.Product = newProductBody(c.Product)
	}
	for i := range c.Orders {
		s.Orders = append(s.Orders, newOrderBody(&c.Orders[i]))
	}
	for _, r := range c.Returns {
		s.Returns = append(s.Returns, returnBody{r.Number, r.OrderID, r.UserID, r.Origin, r.Paid})
	}
	for i := range c.History {
		s.History = append(s.History, newHistoryBody(&c.History[i]))
	}
	for i := range c.Payments {
		s.Payments = append(s.Payments, newPaymentBody(&c.Payments[i]))
	}
	w := &chunkBody{Number: c.Number, Of: c.Of, State: marshal(s)}
	w.Sum = w.State.sum()
	return w
}

func (w *chunkBody) chunk(product string, epoch int64) (*Chunk, error) {
	if sum := w.State.sum(); sum != w.Sum {
		return nil, fmt.Errorf("its checksum is %s, and it says %q", sum, w.Sum)
	}
	if w.Number < 1 || w.Number > w.Of {
		return nil, fmt.Errorf("number %d of %d", w.Number, w.Of)
	}
	var s stateBody
	if err := unmarshal(w.State, &s); err != nil {
		return nil, err
	}
	rows := len(s.Orders) + len(s.Returns)
	if rows > MaxChunk || len(s.History) > MaxChunkHistory || len(s.Payments) > MaxChunk {
		return nil, fmt.Errorf("more than %d orders and returns, %d entries of a history, or %d payments", MaxChunk, MaxChunkHistory, MaxChunk)
	}
	if alone := rows+len(s.History) == 0 && s.Product == nil; len(s.Payments) > 0 && !alone || len(s.Payments) == 0 && epoch < 1 {
		return nil, errors.New("payments have chunks of their own, and only they need no epoch")
	}
	c := &Chunk{Number: w.Number, Of: w.Of}
	return c, s.fill(c, product, epoch)
}

// fill puts what the state has into the chunk.
func (s *stateBody) fill(c *Chunk, product string, epoch int64) (err error) {
	if r := s.Recovery; r != nil {
		c.Recovery = &Recovery{Why: r.Why, Lost: r.Lost}
	}
	if s.Product != nil {
		if c.Product, err = s.Product.product(product, epoch); err != nil {
			return err
		}
	}
	for i := range s.Orders {
		o, err := s.Orders[i].order(product)
		if err != nil {
			return err
		}
		c.Orders = append(c.Orders, o)
	}
	for _, r := range s.Returns {
		if !CheckUser(r.UserID) || r.Origin != "" && !CheckOrigin(r.Origin) || r.Paid && r.Origin == "" {
			return fmt.Errorf("return %d without user_id, or of an origin that is none", r.Number)
		}
		c.Returns = append(c.Returns, Return{ProductID: product, Number: r.Number, OrderID: r.OrderID, UserID: r.UserID, Origin: r.Origin, Paid: r.Paid})
	}
	for i := range s.History {
		e, ok := s.History[i].entry(product)
		if !ok {
			return fmt.Errorf("entry %d of the history makes no sense", e.Number)
		}
		c.History = append(c.History, e)
	}
	for i := range s.Payments {
		m, ok := s.Payments[i].payment(product)
		if !ok {
			return fmt.Errorf("payment %q makes no sense", m.ID)
		}
		c.Payments = append(c.Payments, m)
	}
	return nil
}

type productBody struct {
	Terms      *termsBody `json:"terms"`
	Nonce      string     `json:"nonce"`
	Refused    bool       `json:"refused,omitempty"`
	Deleted    bool       `json:"deleted,omitempty"`
	Held       int64      `json:"held"`
	Placed     int64      `json:"placed"`
	Paid       int64      `json:"paid"`
	Cancelled  int64      `json:"cancelled"`
	Expired    int64      `json:"expired"`
	Rejected   int64      `json:"rejected"`
	LastNumber int64      `json:"last_number"`
	LastReturn int64      `json:"last_return"`
	LastEntry  int64      `json:"last_entry,omitempty"`
	Recounts   int64      `json:"recounts"`
	Applied    int64      `json:"applied"`
	Ahead      string     `json:"ahead,omitempty"`
}

func newProductBody(p *Product) *productBody {
	return &productBody{
		Terms: newTermsBody(p.Terms), Nonce: p.Nonce, Refused: p.Refused, Deleted: p.Deleted,
		Held: p.Held, Placed: p.Placed, Paid: p.Paid, Cancelled: p.Cancelled, Expired: p.Expired, Rejected: p.Rejected,
		LastNumber: p.LastNumber, LastReturn: p.LastReturn, LastEntry: p.LastEntry, Recounts: p.Recounts, Applied: p.Applied, Ahead: p.Ahead,
	}
}

func (w *productBody) product(id string, epoch int64) (*Product, error) {
	if w.Terms == nil || !CheckID(w.Nonce) {
		return nil, errors.New("a product without terms or nonce")
	}
	t, err := w.Terms.terms()
	if err == nil && (!w.Deleted || t != Terms{}) {
		err = t.Check()
	}
	if err != nil {
		return nil, fmt.Errorf("terms: %w", err)
	}
	return &Product{
		ID: id, Terms: t, Epoch: epoch, Nonce: w.Nonce, Refused: w.Refused, Deleted: w.Deleted,
		Held: w.Held, Placed: w.Placed, Paid: w.Paid, Cancelled: w.Cancelled, Expired: w.Expired, Rejected: w.Rejected,
		LastNumber: w.LastNumber, LastReturn: w.LastReturn, LastEntry: w.LastEntry, Recounts: w.Recounts, Applied: w.Applied, Ahead: w.Ahead,
	}, nil
}

type orderBody struct {
	ID         OrderID    `json:"id"`
	UserID     string     `json:"user_id"`
	Slot       int        `json:"slot,omitempty"`
	Number     int64      `json:"number,omitempty"`
	Status     Status     `json:"status"`
	Seq        int64      `json:"seq"`
	Epoch      int64      `json:"epoch"`
	PlacedAt   moment     `json:"placed_at"`
	PayBy      moment     `json:"pay_by,omitzero"`
	EndedAt    moment     `json:"ended_at,omitzero"`
	Price      *priceBody `json:"price,omitempty"`
	PaymentID  string     `json:"payment_id,omitempty"`
	VoidReason string     `json:"void_reason,omitempty"`
	Origin     string     `json:"origin,omitempty"`
}

func newOrderBody(o *Order) orderBody {
	return orderBody{
		ID: o.ID, UserID: o.UserID, Slot: o.Slot, Number: o.Number, Status: o.Status, Seq: o.Seq, Epoch: o.Epoch,
		PlacedAt: moment{o.PlacedAt}, PayBy: moment{o.PayBy}, EndedAt: moment{o.EndedAt},
		Price: newPriceBody(o.Price), PaymentID: o.PaymentID, VoidReason: o.VoidReason, Origin: o.Origin,
	}
}

func (w *orderBody) order(product string) (o Order, err error) {
	switch {
	case !CheckUser(w.UserID) || !w.Status.Valid() || w.PlacedAt.IsZero():
		return o, fmt.Errorf("order %v without user_id, status or placed_at", w.ID)
	case !w.Price.price().valid() || w.PaymentID != "" && !CheckPayment(w.PaymentID) || w.VoidReason != "" && !CheckReason(w.VoidReason):
		return o, fmt.Errorf("order %v with a price, payment or void that makes no sense", w.ID)
	case w.Origin != "" && !CheckOrigin(w.Origin):
		return o, fmt.Errorf("order %v of an origin that is none", w.ID)
	}
	return Order{
		ID: w.ID, ProductID: product, UserID: w.UserID, Slot: w.Slot, Number: w.Number, Status: w.Status, Seq: w.Seq, Epoch: w.Epoch,
		PlacedAt: w.PlacedAt.Time, PayBy: w.PayBy.Time, EndedAt: w.EndedAt.Time,
		Price: w.Price.price(), PaymentID: w.PaymentID, VoidReason: w.VoidReason, Origin: w.Origin,
	}, nil
}

type returnBody struct {
	Number  int64   `json:"number"`
	OrderID OrderID `json:"order_id"`
	UserID  string  `json:"user_id"`
	Origin  string  `json:"origin,omitempty"`
	Paid    bool    `json:"paid,omitempty"`
}

type paymentBody struct {
	ID        string        `json:"id"`
	OrderID   OrderID       `json:"order_id"`
	LateID    OrderID       `json:"late_id"`
	WasLate   bool          `json:"was_late,omitempty"`
	Amount    int64         `json:"amount"`
	Currency  string        `json:"currency"`
	Status    PaymentStatus `json:"status"`
	Reason    string        `json:"reason,omitempty"`
	By        string        `json:"by,omitempty"`
	At        moment        `json:"at"`
	ChangedAt moment        `json:"changed_at"`
}

func newPaymentBody(m *Payment) paymentBody {
	return paymentBody{
		ID: m.ID, OrderID: m.OrderID, LateID: m.LateID, WasLate: m.WasLate, Amount: m.Paid.Amount, Currency: m.Paid.Currency,
		Status: m.Status, Reason: m.Reason, By: m.By, At: moment{m.At}, ChangedAt: moment{m.ChangedAt},
	}
}

func (w *paymentBody) payment(product string) (Payment, bool) {
	m := Payment{
		ProductID: product, ID: w.ID, OrderID: w.OrderID, LateID: w.LateID, WasLate: w.WasLate, Paid: Price{w.Amount, w.Currency},
		Status: w.Status, Reason: w.Reason, By: w.By, At: w.At.Time, ChangedAt: w.ChangedAt.Time,
	}
	return m, CheckPayment(m.ID) && m.Paid != Price{} && m.Paid.valid() && m.Status.Valid() && (m.Reason == "" || CheckReason(m.Reason)) &&
		(m.By == "" || CheckID(m.By)) && !m.At.IsZero() && !m.ChangedAt.IsZero()
}

// rawJSON keeps its bytes, for their checksum.
type rawJSON []byte

func (b rawJSON) MarshalJSON() ([]byte, error) { return b, nil }

func (b *rawJSON) UnmarshalJSON(data []byte) error {
	*b = slices.Clone(data)
	return nil
}

func (b rawJSON) sum() string {
	return fmt.Sprintf("%08x", crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)))
}
