-- +goose Up
-- How the buyers of each product were answered. No record stands for it.
CREATE TABLE seckill_timeline (
	product_id text COLLATE "C" PRIMARY KEY,
	body bytea NOT NULL
) WITH (fillfactor = 50); -- while buyers come a row changes each second
