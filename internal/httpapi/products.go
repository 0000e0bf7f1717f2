package httpapi

import (
	"context"
	"errors"
	"strings"
	"time"

	"seckill/internal/sale"
)

// putTimeout is how long a merchant waits until the store shows the opening.
const putTimeout = 10 * time.Second

// A Product is a product as it is sent.
type Product struct {
	ID               string `json:"id"`
	Name             string `json:"name"`
	Quantity         int64  `json:"quantity"`
	LimitPerUser     int    `json:"limit_per_user"`
	OrdersPerUser    int    `json:"orders_per_user" doc:"Orders that one user may have, ended ones included"`
	UnpaidPerAddress int    `json:"unpaid_per_address,omitempty,omitzero" doc:"Orders of buyers at one address that may wait for payment; absent: any number"`
	Group            string `json:"group,omitempty,omitzero" doc:"Only buyers in it are sold to"`
	PaymentWindow    string `json:"payment_window" doc:"0s: an order is final once placed"`
	OpensAt          string `json:"opens_at,omitempty,omitzero" format:"date-time"`
	ClosesAt         string `json:"closes_at,omitempty,omitzero" format:"date-time"`
	Price            *Price `json:"price,omitempty,omitzero" doc:"Of a unit, for orders that are placed from now on"`
	URL              string `json:"url,omitempty,omitzero" format:"uri" doc:"Where a buyer pays: the page adds product and order"`
	ImageURL         string `json:"image_url,omitempty,omitzero" format:"uri"`
	Archived         bool   `json:"archived,omitempty,omitzero" doc:"It is closed, and lists leave it out unless they are asked for it"`
	Rehearsal        bool   `json:"rehearsal,omitempty,omitzero" doc:"The server's own, for a try"`
	State            string `json:"state" enum:"opening,not_open,on_sale,sold_out,paused,closed" doc:"opening: its gate is shut for a moment"`
	Epoch            int64  `json:"epoch"`
	Remaining        *int64 `json:"remaining,omitempty,omitzero" doc:"Absent where the gate is away"`
	Queued           int64  `json:"queued" doc:"Admitted, and not firm yet"`
	Held             int64  `json:"held" doc:"placed + paid"`
	Placed           int64  `json:"placed"`
	Paid             int64  `json:"paid"`
	Cancelled        int64  `json:"cancelled"`
	Expired          int64  `json:"expired"`
	Rejected         int64  `json:"rejected"`
	ServerTime       string `json:"server_time" format:"date-time"`
}

// A Price is an amount of money as it is sent.
type Price struct {
	Amount   int64  `json:"amount" minimum:"1" maximum:"100000000000" doc:"In the smallest unit of the currency, as cents"`
	Currency string `json:"currency" pattern:"^[A-Z]{3}$" doc:"Of ISO 4217"`
}

func priceBody(p sale.Price) *Price {
	if p == (sale.Price{}) {
		return nil
	}
	return &Price{p.Amount, p.Currency}
}

// product returns a product that exists.
func (a *API) product(ctx context.Context, id string) (sale.Product, error) {
	p, err := a.Store.Product(ctx, id)
	if err == nil && !p.Exists() {
		err = sale.ErrNotFound
	}
	return p, err
}

// awaitStore waits for the store to have applied every order that was answered as placed
// by now: embedded, it is placed before that. If that takes too long, whoever
// reads gets what is there.
func (a *API) awaitStore(ctx context.Context) {
	if a.Placed != sale.PlacedByLog { // there the store itself makes it placed
		return
	}
	ctx, cancel := context.WithTimeout(ctx, catchUp)
	defer cancel()
	_ = a.Settle.CatchUp(ctx)
}

// productBody joins what the store has with what the gate counts. The store was
// read first: what the gate has admitted since is then rightly queued.
func (a *API) productBody(ctx context.Context, p *sale.Product) Product {
	b := Product{
		ID: p.ID, Name: p.Terms.Name, Quantity: p.Terms.Quantity, LimitPerUser: p.Terms.LimitPerUser, OrdersPerUser: p.Terms.MostOrders(),
		Group: p.Terms.Group, UnpaidPerAddress: p.Terms.UnpaidPerAddress,
		PaymentWindow: durationText(p.Terms.PaymentWindow),
		OpensAt:       sale.FormatTime(p.Terms.OpensAt), ClosesAt: sale.FormatTime(p.Terms.ClosesAt), Archived: p.Terms.Archived, Rehearsal: p.Terms.Rehearsal,
		Price: priceBody(p.Terms.Price), URL: p.Terms.URL, ImageURL: p.Terms.ImageURL,
		Epoch: p.Epoch, Held: p.Held, Placed: p.Placed, Paid: p.Paid,
		Cancelled: p.Cancelled, Expired: p.Expired, Rejected: p.Rejected,
	}
	c, err := a.Gates.Counter(ctx, p.ID)
	state, now := a.phase(p, c, err)
	if err == nil && !c.Shut {
		b.Remaining = &c.Remaining
		b.Queued = max(0, p.Terms.Quantity-c.Remaining-p.Held-(p.LastReturn-c.Returned))
	}
	b.State, b.ServerTime = string(state), sale.FormatTime(now)
	return b
}

// durationText is Go's text without the parts that are zero: 15m, not 15m0s.
func durationText(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// readTerms reads the body of a PUT: whole terms, a missing field is its default.
func (a *API) readTerms(body []byte) (sale.Terms, error) {
	t := sale.Terms{LimitPerUser: 1}
	limit, orders, unpaid := int64(t.LimitPerUser), int64(0), int64(0)
	err := readObject(body,
		needed(wholeField("quantity", sale.MaxQuantity, &t.Quantity)),
		textField("name", &t.Name),
		wholeField("limit_per_user", sale.MaxLimit, &limit),
		wholeField("orders_per_user", sale.MaxOrders, &orders),
		wholeField("unpaid_per_address", sale.MaxOrders, &unpaid),
		textField("group", &t.Group),
		timeField("opens_at", &t.OpensAt),
		timeField("closes_at", &t.ClosesAt),
		durationField("payment_window", &t.PaymentWindow),
		priceField("price", &t.Price),
		textField("url", &t.URL),
		textField("image_url", &t.ImageURL))
	if err != nil {
		return t, err
	}
	t.LimitPerUser, t.OrdersPerUser, t.UnpaidPerAddress = int(limit), int(orders), int(unpaid)
	if t.Group != "" && a.Buyers == nil { // it would be sold to nobody
		return t, broken(invalid, sale.RuleNoGroups.Of("group"))
	}
	return t, t.Check()
}

// putProduct puts a product on sale, or changes its terms. What is paused stays
// so; what was closed is on sale again.
func (a *API) putProduct(ctx context.Context, id string, body []byte) (p Product, isNew bool, err error) {
	terms, err := a.readTerms(body)
	if err != nil {
		return p, false, err
	}
	if strings.HasPrefix(id, sale.RehearsalPrefix) {
		return p, false, broken(invalid, sale.RuleReserved.Of("id", sale.RehearsalPrefix))
	}
	p, err = a.changeTerms(ctx, id, func(now sale.Product) (sale.Terms, error) {
		isNew = !now.Exists()
		next := terms
		next.Paused = now.Exists() && now.Terms.Paused
		return next, nil
	})
	return p, isNew, err
}

func (a *API) changeTerms(ctx context.Context, id string, change func(sale.Product) (sale.Terms, error)) (Product, error) {
	ctx, cancel := context.WithTimeout(ctx, putTimeout)
	defer cancel()
	p, err := a.Merchant.Put(ctx, id, by(ctx), change)
	if err != nil {
		return Product{}, err
	}
	return a.productBody(ctx, &p), nil
}

// switchTerms changes a product that exists. If nothing would change, no gate
// is shut for it.
func (a *API) switchTerms(ctx context.Context, id string, flip func(*sale.Terms)) (Product, error) {
	p, err := a.product(ctx, id)
	if err != nil {
		return Product{}, err
	}
	next := p.Terms
	if flip(&next); next == p.Terms {
		return a.productBody(ctx, &p), nil
	}
	at := a.Now()
	return a.changeTerms(ctx, id, func(now sale.Product) (sale.Terms, error) {
		if !now.Exists() {
			return sale.Terms{}, sale.ErrNotFound
		}
		closed := now.Terms.ClosedAt(at)
		if flip(&now.Terms); now.Terms.Archived && !closed {
			return sale.Terms{}, problem(notClosed)
		}
		return now.Terms, nil
	})
}

func (a *API) deleteProduct(ctx context.Context, id string) error {
	p, err := a.product(ctx, id)
	if err != nil {
		return err
	}
	if !p.Terms.ClosedAt(a.Now()) {
		return problem(notClosed)
	}
	if err := a.unlessOwed(ctx, id, nil); err != nil { // a gate is shut for nothing
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, putTimeout)
	defer cancel()
	err = a.Merchant.Delete(ctx, id, by(ctx))
	if errors.Is(err, sale.ErrTermsRefused) {
		return a.unlessOwed(ctx, id, problem(notClosed)) // it was put again meanwhile, or paid for
	}
	return err
}
