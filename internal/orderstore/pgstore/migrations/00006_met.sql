-- +goose Up
-- Which orders of the epoch the fold has met. -1: not known, up to the next opening.
ALTER TABLE seckill_product ADD COLUMN met bigint NOT NULL DEFAULT -1;
ALTER TABLE seckill_product ADD COLUMN ahead text NOT NULL DEFAULT '';
