package httpapi

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"seckill/internal/auth"
	"seckill/internal/identity"
	"seckill/internal/live"
	"seckill/internal/purchase"
	"seckill/internal/sale"
	"seckill/internal/trace"
)

// A Desk is the buy path: a purchase.Desk.
type Desk interface {
	Refuse(product, user []byte) (purchase.Answer, bool)
	Buy(ctx, wait context.Context, product string, r purchase.Request) (purchase.Answer, error)
}

// A Settler ends what buyers began: a settle.Desk.
type Settler interface {
	Find(ctx context.Context, id sale.OrderID) (sale.Order, error)
	// Pay and Cancel end an order; by is the operator who does, empty: nobody with a name.
	Pay(ctx context.Context, id sale.OrderID, by string) (sale.Order, error)
	Cancel(ctx context.Context, id sale.OrderID, by string) (sale.Order, error)
	// CatchUp waits until the store has applied what the log holds now.
	CatchUp(ctx context.Context) error
}

// A PaymentReceiver takes what was paid: settle.Payments, where the errors stand.
type PaymentReceiver interface {
	Receive(ctx context.Context, m sale.Payment, by string) (sale.Payment, sale.Order, error)
	Refund(ctx context.Context, product, payment, reason, by string) (sale.Payment, error)
	Void(ctx context.Context, id sale.OrderID, reason, by string) (sale.Order, error)
}

// A Merchant puts products on sale and takes them off; by is the operator who wants
// that, empty: nobody with a name.
type Merchant interface {
	// Put opens the product under the terms that change makes of it as the
	// store has it now (epoch 0 if there is none), and returns it once the
	// store shows that opening. change may be called again, after an opening of
	// somebody else came first; its error comes back as it is, and nothing
	// happened. Errors: ErrTermsRefused, ErrChangedMeanwhile, ErrUnavailable.
	Put(ctx context.Context, product, by string, change func(sale.Product) (sale.Terms, error)) (sale.Product, error)
	// Delete removes a closed product and its orders. Errors: ErrNotFound, ErrTermsRefused if
	// it is not closed or owes money, ErrChangedMeanwhile, ErrUnavailable.
	Delete(ctx context.Context, product, by string) error
}

// A Store answers reads: an orderstore.Reader and a part of its Opener.
type Store interface {
	Product(ctx context.Context, id string) (sale.Product, error)
	Products(ctx context.Context, deleted bool) ([]sale.Product, error)
	Order(ctx context.Context, id sale.OrderID) (sale.Order, error)
	OrdersByID(ctx context.Context, ids []sale.OrderID) ([]sale.Order, error)
	List(ctx context.Context, q sale.Query) ([]sale.Order, error)
	Search(ctx context.Context, q sale.Search) ([]sale.Order, error)
	Count(ctx context.Context, q sale.Search) (int64, error)
	Payment(ctx context.Context, product, id string) (sale.Payment, error)
	Payments(ctx context.Context, q sale.PaymentQuery) ([]sale.Payment, error)
	History(ctx context.Context, q sale.HistoryQuery) ([]sale.HistoryEntry, error)
}

// Gates shows what the gates hold at this moment.
type Gates interface {
	// Counter is one gate's count. Errors: ErrNoGate, ErrUnavailable.
	Counter(ctx context.Context, product string) (GateView, error)
	// Knows reports whether user has this order in the gate, if it is open at
	// epoch. Errors: ErrNoGate, ErrShut, ErrFenced, ErrUnavailable.
	Knows(ctx context.Context, product string, epoch int64, user string, order sale.OrderID) (bool, error)
}

// A GateView is what a gate counts.
type GateView struct {
	Epoch     int64
	Remaining int64
	Returned  int64
	Seq       int64
	Now       time.Time // the gate's clock
	Shut      bool      // it is being opened: only Epoch and Now tell anything
}

// A Meter counts the answers to buys.
type Meter interface {
	// Buys returns what counts the buys that got this answer: placed, queued,
	// again, or the kind of a problem.
	Buys(answer string) (count func(took time.Duration))
	// Sold returns what counts the buys of a product that got this answer. The bytes are the caller's.
	Sold(answer string) (count func(product []byte, at time.Time, took time.Duration))
	// Requests returns what counts the requests that were answered so.
	Requests(method, route string, status int) (count func())
}

// Config is what an API works with. Fields marked optional may be zero.
type Config struct {
	Desk       Desk
	Settle     Settler
	Payments   PaymentReceiver
	Signed     *auth.Signed // optional: checks payments that are signed
	Stripe     *auth.Stripe // optional: checks the events of Stripe
	StripeTest bool         // they are of its test mode
	Merchant   Merchant
	Store      Store
	Gates      Gates
	Hub        *live.Hub
	Auth       *auth.Authenticator
	Buyers     *identity.Verifier // optional: without one a buyer is who the body says
	Challenge  *Challenge         // optional: with Buyers, what stands before a pass that buys
	Trusted    identity.Trusted   // optional: the proxies in front
	Hosts      []string           // optional: what the server may be called, beside its addresses
	Rehearsals Rehearsals
	Audit      func(ctx context.Context) (AuditReport, error) // ErrUnavailable and its like: could not judge
	Figures    func(ctx context.Context) Figures
	Answered   func(ctx context.Context, product string) (Answered, error)
	Pages      fs.FS // what Vite built; without index.html a plain page stands in

	Secret     []byte // keys the order ids under an Idempotency-Key: the same in every process
	NewOrderID func() sale.OrderID
	Now        func() time.Time
	Since      func(at time.Time) time.Duration // some moment, by a clock that is never set back
	Pause      func(ctx context.Context, d time.Duration) error

	// Placed says what makes an order placed. By the log, whoever is admitted waits for
	// it, and nobody is queued.
	Placed sale.PlacedBy
	// Wait is how long a buyer waits for the gate's decision, and by the store for
	// placed, before the answer is 202.
	Wait  time.Duration
	Rates Rates
	// MaxStreams is how many event streams there may be, and MaxStreamsOfAddress how many of one address, of IPv6 a /64,
	// but for this machine's own; 0: any number.
	MaxStreams, MaxStreamsOfAddress int

	Ready    func(ctx context.Context) Condition
	Started  func() bool
	Openings func() []Opening // optional: the gates that are being opened here
	Internal http.Handler     // optional: POST /internal/…, for the commands beside this process
	Metrics  http.Handler     // optional: GET /metrics
	Meter    Meter            // optional
	Traces   *trace.Tracer    // optional: follows some of the buys
	Log      *slog.Logger     // optional: what nobody expected, and at debug each buy
	LogUsers bool             // with user ids
}

func (c *Config) elapsed() time.Duration { return c.Since(time.Now()) }
