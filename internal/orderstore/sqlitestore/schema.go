package sqlitestore

import (
	"context"
	"database/sql/driver"
	"fmt"

	"seckill/internal/sale"
)

const (
	version       = 14         // of the tables; kept in user_version
	applicationID = 0x73636b73 // "scks", so that another program's file is not taken for a store
)

// Times are milliseconds since 1970, durations nanoseconds. STRICT, so that a
// value of a wrong kind is refused and never converted.
//
// An order's rowid is its place: the product's key and the number in it, so that
// a product's orders lie together, by number, and the two indexes name an order
// in seven bytes; a rejected order, which has no number, lies below zero, below
// all that are there. The index on order ids is cheap as long as ids grow (version 7), the
// one on users never is: there are no others that every order pays for.
const tables = `
CREATE TABLE seckill_product (
	key INTEGER PRIMARY KEY CHECK (key BETWEEN 1 AND 4194303),
	product_id TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	quantity INTEGER NOT NULL,
	limit_per_user INTEGER NOT NULL,
	opens_at INTEGER,
	closes_at INTEGER,
	payment_window INTEGER NOT NULL,
	paused INTEGER NOT NULL,
	closed INTEGER NOT NULL,
	rehearsal INTEGER NOT NULL,
	epoch INTEGER NOT NULL CHECK (epoch > 0),
	nonce TEXT NOT NULL,
	refused INTEGER NOT NULL,
	deleted INTEGER NOT NULL,
	partition INTEGER NOT NULL,
	held INTEGER NOT NULL,
	placed INTEGER NOT NULL CHECK (placed >= 0),
	paid INTEGER NOT NULL CHECK (paid >= 0),
	cancelled INTEGER NOT NULL CHECK (cancelled >= 0),
	expired INTEGER NOT NULL CHECK (expired >= 0),
	rejected INTEGER NOT NULL CHECK (rejected >= 0),
	last_number INTEGER NOT NULL,
	last_return INTEGER NOT NULL,
	recounts INTEGER NOT NULL,
	orders_per_user INTEGER NOT NULL DEFAULT 0, -- 0: the terms do not say
	met INTEGER NOT NULL DEFAULT -1,
	ahead TEXT NOT NULL DEFAULT '',
	for_group TEXT NOT NULL DEFAULT '', -- empty: for everybody
	amount INTEGER NOT NULL DEFAULT 0, -- of the price; 0: there is none
	currency TEXT NOT NULL DEFAULT '',
	url TEXT NOT NULL DEFAULT '',
	image_url TEXT NOT NULL DEFAULT '',
	last_entry INTEGER NOT NULL DEFAULT 0,
	archived INTEGER NOT NULL DEFAULT 0,
	unpaid_per_address INTEGER NOT NULL DEFAULT 0, -- 0: any number
	CONSTRAINT held_within_quantity CHECK (held BETWEEN 0 AND quantity),
	CONSTRAINT held_is_placed_and_paid CHECK (held = placed + paid)
) STRICT;

CREATE TABLE seckill_order (
	place INTEGER PRIMARY KEY,
	order_id BLOB NOT NULL CHECK (length(order_id) = 16),
	user_id TEXT NOT NULL,
	status INTEGER NOT NULL CHECK (status BETWEEN 1 AND 5), -- placed, paid, cancelled, expired, rejected
	slot INTEGER NOT NULL,
	product INTEGER NOT NULL, -- seckill_product.key
	number INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	epoch INTEGER NOT NULL,
	placed_at INTEGER NOT NULL,
	pay_by INTEGER,
	ended_at INTEGER,
	partition INTEGER NOT NULL,
	position INTEGER NOT NULL,
	amount INTEGER NOT NULL DEFAULT 0, -- of the price at which it was placed
	currency TEXT NOT NULL DEFAULT '',
	payment_id TEXT NOT NULL DEFAULT '',
	void_reason TEXT NOT NULL DEFAULT '', -- empty: the shop has not cancelled it
	origin TEXT NOT NULL DEFAULT '' -- of sale.OriginOf, while it waits for payment
) STRICT;
CREATE UNIQUE INDEX seckill_order_id ON seckill_order (order_id);
CREATE UNIQUE INDEX seckill_order_slot ON seckill_order (product, user_id, slot) WHERE status < 3;
CREATE INDEX seckill_order_due ON seckill_order (pay_by) WHERE status = 1 AND pay_by IS NOT NULL;

CREATE TABLE seckill_return (
	product INTEGER NOT NULL, -- seckill_product.key
	number INTEGER NOT NULL,
	order_id BLOB NOT NULL,
	user_id TEXT NOT NULL,
	origin TEXT NOT NULL DEFAULT '',
	paid INTEGER NOT NULL DEFAULT 0, -- 1: the order keeps its unit
	PRIMARY KEY (product, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE seckill_position (
	partition INTEGER PRIMARY KEY,
	next INTEGER NOT NULL,
	sum INTEGER NOT NULL DEFAULT 0, -- of the line before next; 0: not known
	cluster TEXT NOT NULL,
	topic TEXT NOT NULL,
	leader INTEGER NOT NULL
) STRICT;

CREATE TABLE seckill_dead_letter (
	partition INTEGER NOT NULL,
	position INTEGER NOT NULL,
	product_id TEXT NOT NULL,
	reason TEXT NOT NULL,
	raw BLOB NOT NULL,
	PRIMARY KEY (partition, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE seckill_meta (
	key TEXT PRIMARY KEY,
	value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
` + tokenTable + historyTable + paymentTable + waitingIndex + timelineTable + searchIndexes

const tokenTable = `
CREATE TABLE seckill_token (
	name TEXT PRIMARY KEY,
	role TEXT NOT NULL,
	hash BLOB NOT NULL,
	made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`

// A payment needs no product that is there, so it names it by its id.
const paymentTable = `
CREATE TABLE seckill_payment (
	product_id TEXT NOT NULL,
	payment_id TEXT NOT NULL,
	order_id BLOB NOT NULL CHECK (length(order_id) = 16),
	late_id BLOB NOT NULL CHECK (length(late_id) = 16),
	was_late INTEGER NOT NULL,
	amount INTEGER NOT NULL CHECK (amount > 0),
	currency TEXT NOT NULL,
	status TEXT NOT NULL CHECK (status IN ('paid', 'late', 'refund_due', 'refunded')),
	reason TEXT NOT NULL,
	refunded_by TEXT NOT NULL,
	at INTEGER NOT NULL,
	changed_at INTEGER NOT NULL,
	partition INTEGER NOT NULL,
	PRIMARY KEY (product_id, payment_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX seckill_payment_late ON seckill_payment (late_id) WHERE was_late = 1;
CREATE INDEX seckill_payment_open ON seckill_payment (product_id) WHERE status IN ('late', 'refund_due');
`

const waitingIndex = "CREATE INDEX seckill_payment_waiting ON seckill_payment (partition, product_id, payment_id) WHERE status = 'late';"

// No record stands for it.
const timelineTable = `
CREATE TABLE seckill_timeline (
	product_id TEXT PRIMARY KEY,
	body BLOB NOT NULL
) STRICT;
`

const priceColumns = `
ALTER TABLE seckill_product ADD COLUMN amount INTEGER NOT NULL DEFAULT 0;
ALTER TABLE seckill_product ADD COLUMN currency TEXT NOT NULL DEFAULT '';
ALTER TABLE seckill_product ADD COLUMN url TEXT NOT NULL DEFAULT '';
ALTER TABLE seckill_product ADD COLUMN image_url TEXT NOT NULL DEFAULT '';
ALTER TABLE seckill_order ADD COLUMN amount INTEGER NOT NULL DEFAULT 0;
ALTER TABLE seckill_order ADD COLUMN currency TEXT NOT NULL DEFAULT '';
`

const originColumns = `
ALTER TABLE seckill_product ADD COLUMN unpaid_per_address INTEGER NOT NULL DEFAULT 0;
ALTER TABLE seckill_order ADD COLUMN origin TEXT NOT NULL DEFAULT '';
ALTER TABLE seckill_return ADD COLUMN origin TEXT NOT NULL DEFAULT '';
ALTER TABLE seckill_return ADD COLUMN paid INTEGER NOT NULL DEFAULT 0;
`

const historyTable = `
CREATE TABLE seckill_history (
	product INTEGER NOT NULL, -- seckill_product.key
	number INTEGER NOT NULL,
	at INTEGER NOT NULL,
	by_name TEXT NOT NULL,
	what TEXT NOT NULL,
	order_id BLOB, -- of pay and cancel
	changes TEXT NOT NULL, -- JSON
	PRIMARY KEY (product, number)
) STRICT, WITHOUT ROWID;
`

// steps bring tables of each version, from 1, to the next.
var steps = []string{
	"ALTER TABLE seckill_product ADD COLUMN orders_per_user INTEGER NOT NULL DEFAULT 0",
	"ALTER TABLE seckill_position ADD COLUMN sum INTEGER NOT NULL DEFAULT 0",
	"ALTER TABLE seckill_product ADD COLUMN met INTEGER NOT NULL DEFAULT -1; ALTER TABLE seckill_product ADD COLUMN ahead TEXT NOT NULL DEFAULT ''",
	tokenTable,
	"ALTER TABLE seckill_product ADD COLUMN for_group TEXT NOT NULL DEFAULT ''",
	priceColumns,
	"ALTER TABLE seckill_product ADD COLUMN last_entry INTEGER NOT NULL DEFAULT 0;" + historyTable,
	"ALTER TABLE seckill_order ADD COLUMN payment_id TEXT NOT NULL DEFAULT ''; ALTER TABLE seckill_order ADD COLUMN void_reason TEXT NOT NULL DEFAULT '';" + paymentTable,
	waitingIndex,
	timelineTable,
	"ALTER TABLE seckill_product ADD COLUMN archived INTEGER NOT NULL DEFAULT 0",
	searchIndexes,
	originColumns,
}

// migrate makes the tables in an empty file, brings older ones up to date, and
// refuses a file whose tables it does not know.
func migrate(c *conn) error {
	return c.within("BEGIN IMMEDIATE", func() error {
		var has [3]int64
		for i, pragma := range []string{"application_id", "user_version", "schema_version"} {
			if err := c.number("PRAGMA "+pragma, &has[i]); err != nil {
				return err
			}
		}
		switch app, v, empty := has[0], has[1], has[2] == 0; {
		case app == applicationID && v >= 1 && v <= version:
			for ; v < version; v++ {
				if _, err := c.exec("bring the tables up to date", steps[v-1]+fmt.Sprintf("; PRAGMA user_version = %d", v+1)); err != nil {
					return err
				}
			}
			return nil
		case app == applicationID && v > version:
			return fmt.Errorf("%w: order store %s: its tables are of version %d, and this program knows them up to %d: a newer one wrote it", sale.ErrUnavailable, c.path, v, version)
		case !empty || app != 0:
			return fmt.Errorf("%w: order store %s: another program's database (application id %#x, version %d)", sale.ErrDamaged, c.path, app, v)
		}
		_, err := c.exec("make the tables", tables+fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, version))
		return err
	})
}

func (c *conn) number(sql string, n *int64) error {
	return c.query(context.Background(), sql, sql, nil, func(v []driver.Value) error {
		*n = integer(v[0])
		return nil
	})
}
