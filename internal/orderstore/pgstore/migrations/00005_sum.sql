-- +goose Up
-- The checksum of the line of the log that was folded last: another one there is another log.

ALTER TABLE seckill_position ADD COLUMN sum bigint NOT NULL DEFAULT 0;
