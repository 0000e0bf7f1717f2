-- +goose Up
-- The price of a product, and that at which an order was placed. 0: there is none.
ALTER TABLE seckill_product
	ADD COLUMN amount bigint NOT NULL DEFAULT 0,
	ADD COLUMN currency text COLLATE "C" NOT NULL DEFAULT '',
	ADD COLUMN url text NOT NULL DEFAULT '',
	ADD COLUMN image_url text NOT NULL DEFAULT '';
ALTER TABLE seckill_order
	ADD COLUMN amount bigint NOT NULL DEFAULT 0,
	ADD COLUMN currency text COLLATE "C" NOT NULL DEFAULT '';
