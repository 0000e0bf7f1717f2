-- +goose Up
-- Payments, by the product that they name, whether there is one or not.
CREATE TABLE seckill_payment (
	amount bigint NOT NULL CHECK (amount > 0),
	at timestamptz NOT NULL,
	changed_at timestamptz NOT NULL,
	partition integer NOT NULL,
	was_late boolean NOT NULL,
	order_id uuid NOT NULL,
	late_id uuid NOT NULL,
	product_id text COLLATE "C" NOT NULL,
	payment_id text COLLATE "C" NOT NULL,
	currency text COLLATE "C" NOT NULL,
	status text COLLATE "C" NOT NULL CHECK (status IN ('paid', 'late', 'refund_due', 'refunded')),
	reason text NOT NULL,
	refunded_by text NOT NULL,
	PRIMARY KEY (product_id, payment_id)
);
CREATE UNIQUE INDEX seckill_payment_late ON seckill_payment (late_id) WHERE was_late;
CREATE INDEX seckill_payment_open ON seckill_payment (product_id) WHERE status IN ('late', 'refund_due');

ALTER TABLE seckill_order
	ADD COLUMN payment_id text COLLATE "C" NOT NULL DEFAULT '',
	ADD COLUMN void_reason text NOT NULL DEFAULT '';
