-- +goose Up
-- What operators did to each product. A record that leaves an entry is of version 3, so
-- that programs before this one have folded none.
ALTER TABLE seckill_product ADD COLUMN last_entry bigint NOT NULL DEFAULT 0;

CREATE TABLE seckill_history (
	number bigint NOT NULL,
	at timestamptz NOT NULL,
	order_id uuid, -- of pay and cancel
	product_id text NOT NULL,
	by_name text NOT NULL,
	what text NOT NULL,
	changes text NOT NULL, -- JSON
	PRIMARY KEY (product_id, number)
);
