-- +goose Up
-- What the orders of one address that wait for payment are bounded by, and counted by.
ALTER TABLE seckill_product ADD COLUMN unpaid_per_address integer NOT NULL DEFAULT 0;
ALTER TABLE seckill_order ADD COLUMN origin text NOT NULL DEFAULT '';
ALTER TABLE seckill_return ADD COLUMN origin text NOT NULL DEFAULT '';
ALTER TABLE seckill_return ADD COLUMN paid boolean NOT NULL DEFAULT false;
