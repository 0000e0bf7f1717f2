package sale

import (
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
)

// MaxChunk is how many orders and returns one chunk may have, and MaxChunkHistory how
// many entries of a history, which may be as long as the terms.
const (
	MaxChunk        = 1000
	MaxChunkHistory = 20
)

// A Chunk is a part of the state of tables, with which the log begins that
// continues them: a new generation of the log. The chunks of a partition are its
// first records, in order, and those of one product stand together.
type Chunk struct {
	Number, Of int64     // 1..Of, at the offset Number-1 of the partition
	Recovery   *Recovery // of the partition's first
	Product    *Product  // of a product's first
	Orders     []Order   // rejected ones, which have no number, first; then by number
	Returns    []Return  // by number, each behind its order
	History    []HistoryEntry
	Payments   []Payment // by id, in chunks of their own; those of a product that never was have the epoch 0
}

// A Recovery is why a log begins with the state of tables.
type Recovery struct {
	Why  []string // what was wrong with the log before
	Lost []string // what only that log had
}

// beforeTheLog is the offset of orders that a state brought.
const beforeTheLog = -1

// restore takes a chunk of the state that the log begins with.
func (s *State) restore(r Record, at Position) Outcome {
	p, c := &s.Product, r.Chunk
	first := c.Product != nil
	if len(c.Payments) > 0 {
		return s.restorePayments(r, at)
	}
	if at.Offset != c.Number-1 || first != (p.Epoch == 0) || !first && r.Epoch != p.Epoch {
		return Astray
	}
	for i := range c.Orders {
		if id := c.Orders[i].ID; s.foreign[id] || s.orders[id] != nil {
			return Astray
		}
	}
	if first {
		id, partition := p.ID, p.Partition
		*p = *c.Product
		p.ID, p.Partition = id, partition
	}
	for i := range c.Orders {
		o := c.Orders[i]
		o.Position = Position{Partition: at.Partition, Offset: beforeTheLog}
		s.put(&o)
	}
	s.returns = append(s.returns, c.Returns...)
	s.history = append(s.history, c.History...)
	return Applied
}

// restorePayments takes a chunk of payments.
func (s *State) restorePayments(r Record, at Position) Outcome {
	if at.Offset != r.Chunk.Number-1 || r.Epoch != s.Product.Epoch {
		return Astray
	}
	for i := range r.Chunk.Payments {
		if s.payments.byID[r.Chunk.Payments[i].ID] != nil {
			return Astray
		}
	}
	for _, m := range r.Chunk.Payments {
		m.Partition = at.Partition
		s.payments.keep(&m)
	}
	return Applied
}

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

func (w *paymentBody) payment(product string) (Payment, bool) {
	m := Payment{
		ProductID: product, ID: w.ID, OrderID: w.OrderID, LateID: w.LateID, WasLate: w.WasLate, Paid: Price{w.Amount, w.Currency},
		Status: w.Status, Reason: w.Reason, By: w.By, At: w.At.Time, ChangedAt: w.ChangedAt.Time,
	}
	return m, CheckPayment(m.ID) && m.Paid != Price{} && m.Paid.valid() && m.Status.Valid() && (m.Reason == "" || CheckReason(m.Reason)) &&
		(m.By == "" || CheckID(m.By)) && !m.At.IsZero() && !m.ChangedAt.IsZero()
}

type returnBody struct {
	Number  int64   `json:"number"`
	OrderID OrderID `json:"order_id"`
	UserID  string  `json:"user_id"`
	Origin  string  `json:"origin,omitempty"`
	Paid    bool    `json:"paid,omitempty"`
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

func newChunkBody(c *Chunk) *chunkBody {
	var s stateBody
	if r := c.Recovery; r != nil {
		s.Recovery = &recoveryBody{r.Why, r.Lost}
	}
	if p := c.Product; p != nil {
		s.Product = &productBody{
			Terms: newTermsBody(p.Terms), Nonce: p.Nonce, Refused: p.Refused, Deleted: p.Deleted,
			Held: p.Held, Placed: p.Placed, Paid: p.Paid, Cancelled: p.Cancelled, Expired: p.Expired, Rejected: p.Rejected,
			LastNumber: p.LastNumber, LastReturn: p.LastReturn, LastEntry: p.LastEntry, Recounts: p.Recounts, Applied: p.Applied, Ahead: p.Ahead,
		}
	}
	for _, o := range c.Orders {
		s.Orders = append(s.Orders, orderBody{
			o.ID, o.UserID, o.Slot, o.Number, o.Status, o.Seq, o.Epoch, moment{o.PlacedAt}, moment{o.PayBy}, moment{o.EndedAt}, newPriceBody(o.Price), o.PaymentID, o.VoidReason, o.Origin,
		})
	}
	for _, r := range c.Returns {
		s.Returns = append(s.Returns, returnBody{r.Number, r.OrderID, r.UserID, r.Origin, r.Paid})
	}
	for i := range c.History {
		s.History = append(s.History, newHistoryBody(&c.History[i]))
	}
	for _, m := range c.Payments {
		s.Payments = append(s.Payments, paymentBody{
			m.ID, m.OrderID, m.LateID, m.WasLate, m.Paid.Amount, m.Paid.Currency, m.Status, m.Reason, m.By, moment{m.At}, moment{m.ChangedAt},
		})
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
	if r := s.Recovery; r != nil {
		c.Recovery = &Recovery{Why: r.Why, Lost: r.Lost}
	}
	if s.Product != nil {
		p, err := s.Product.product(product, epoch)
		if err != nil {
			return nil, err
		}
		c.Product = p
	}
	for _, o := range s.Orders {
		if !CheckUser(o.UserID) || !o.Status.Valid() || o.PlacedAt.IsZero() {
			return nil, fmt.Errorf("order %v without user_id, status or placed_at", o.ID)
		}
		if !o.Price.price().valid() || o.PaymentID != "" && !CheckPayment(o.PaymentID) || o.VoidReason != "" && !CheckReason(o.VoidReason) {
			return nil, fmt.Errorf("order %v with a price, payment or void that makes no sense", o.ID)
		}
		if o.Origin != "" && !CheckOrigin(o.Origin) {
			return nil, fmt.Errorf("order %v of an origin that is none", o.ID)
		}
		c.Orders = append(c.Orders, Order{
			ID: o.ID, ProductID: product, UserID: o.UserID, Slot: o.Slot, Number: o.Number, Status: o.Status,
			Seq: o.Seq, Epoch: o.Epoch, PlacedAt: o.PlacedAt.Time, PayBy: o.PayBy.Time, EndedAt: o.EndedAt.Time, Price: o.Price.price(), PaymentID: o.PaymentID, VoidReason: o.VoidReason, Origin: o.Origin,
		})
	}
	for _, r := range s.Returns {
		if !CheckUser(r.UserID) || r.Origin != "" && !CheckOrigin(r.Origin) || r.Paid && r.Origin == "" {
			return nil, fmt.Errorf("return %d without user_id, or of an origin that is none", r.Number)
		}
		c.Returns = append(c.Returns, Return{ProductID: product, Number: r.Number, OrderID: r.OrderID, UserID: r.UserID, Origin: r.Origin, Paid: r.Paid})
	}
	for i := range s.History {
		e, ok := s.History[i].entry(product)
		if !ok {
			return nil, fmt.Errorf("entry %d of the history makes no sense", e.Number)
		}
		c.History = append(c.History, e)
	}
	for i := range s.Payments {
		m, ok := s.Payments[i].payment(product)
		if !ok {
			return nil, fmt.Errorf("payment %q makes no sense", m.ID)
		}
		c.Payments = append(c.Payments, m)
	}
	return c, nil
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
