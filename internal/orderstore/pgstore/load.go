package pgstore

import (
	"github.com/jackc/pgx/v5"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// What is wanted leads, and each is looked up in its index by itself (OFFSET 0
// keeps the planner from turning it round): `user_id = any($1)` took six times as
// long. One that is wanted twice is found twice, which Add passes over.
var (
	lockProducts = "SELECT " + productColumns + " FROM seckill_product WHERE id = any($1) ORDER BY id FOR UPDATE"
	ordersByID   = "SELECT w.product, o.* FROM unnest($1::text[], $2::uuid[]) w (product, id) CROSS JOIN LATERAL (SELECT " + orderColumns + `
		FROM seckill_order WHERE order_id = w.id OFFSET 0) o`
	ordersByUser = "SELECT w.product, o.* FROM unnest($1::text[], $2::text[]) w (product, usr) CROSS JOIN LATERAL (SELECT " + orderColumns + `
		FROM seckill_order WHERE product_id = w.product AND user_id = w.usr AND status IN ('placed', 'paid') OFFSET 0) o`
	// Under a limit of one nobody holds more, and nothing need be counted.
	mostHeld = `SELECT id, CASE WHEN limit_per_user <= 1 THEN least(held, 1) ELSE (SELECT coalesce(max(n), 0) FROM
		(SELECT count(*) n FROM seckill_order WHERE product_id = p.id AND status IN ('placed', 'paid') GROUP BY user_id) held) END
		FROM seckill_product p WHERE id = any($1)`
)

// queueLoad fills the states of entries. Each statement sees what was committed
// when it began, so those behind the lock see all that its last holder did.
func queueLoad(q *pgx.Batch, entries []*entry, concerns []orderstore.Concern) {
	w := newWanted(concerns)
	if len(w.products) == 0 {
		return
	}
	of := make(map[string]*entry, len(entries))
	for _, e := range entries {
		of[e.before.ID] = e
	}
	addOrders := each(func(rows pgx.Rows) error {
		var product string // whose records ask for it
		o, err := scanOrder(rows, &product)
		if err == nil {
			of[product].add(o)
		}
		return err
	})
	q.Queue(lockProducts, w.products).Query(each(func(rows pgx.Rows) error {
		p, err := scanProduct(rows)
		if err == nil {
			of[p.ID].found(p)
		}
		return err
	}))
	if len(w.ids) > 0 {
		q.Queue(ordersByID, w.productOfID, w.ids).Query(addOrders)
	}
	if len(w.users) > 0 {
		q.Queue(ordersByUser, w.productOfUser, w.users).Query(addOrders)
	}
	queuePayments(q, &w, of)
	if len(w.mostHeld) > 0 {
		q.Queue(mostHeld, w.mostHeld).Query(each(func(rows pgx.Rows) error {
			var id string
			var n int
			err := rows.Scan(&id, &n)
			if err == nil {
				of[id].state.MostHeld = n
			}
			return err
		}))
	}
}

func (e *entry) found(p sale.Product) {
	e.isKept, e.before, e.state = true, p, sale.NewState(p)
}

func (e *entry) add(o sale.Order) {
	e.kept[o.ID] = o.ProductID == e.before.ID
	e.state.Add(o)
}

// each calls row for every row.
func each(row func(pgx.Rows) error) func(pgx.Rows) error {
	return func(rows pgx.Rows) error {
		for rows.Next() {
			if err := row(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	}
}

// wanted is what concerns ask for, as the arrays of the statements.
type wanted struct {
	products, mostHeld         []string
	productOfID                []string
	ids                        [][16]byte
	productOfPayment, payments []string
	productOfUser              []string
	users                      []string
}

func newWanted(concerns []orderstore.Concern) (w wanted) {
	for _, c := range concerns {
		w.products = append(w.products, c.Product)
		if c.MostHeld {
			w.mostHeld = append(w.mostHeld, c.Product)
		}
		for _, id := range c.Orders {
			w.productOfID, w.ids = append(w.productOfID, c.Product), append(w.ids, id)
		}
		for _, id := range c.Payments {
			w.productOfPayment, w.payments = append(w.productOfPayment, c.Product), append(w.payments, id)
		}
		for _, user := range c.Users {
			w.productOfUser, w.users = append(w.productOfUser, c.Product), append(w.users, user)
		}
	}
	return w
}
