-- +goose Up
-- 0: the terms do not say, as those from before they could.
ALTER TABLE seckill_product ADD COLUMN orders_per_user integer NOT NULL DEFAULT 0;
