-- +goose Up
-- Empty: for everybody, as all were before groups.
ALTER TABLE seckill_product ADD COLUMN for_group text NOT NULL DEFAULT '';
