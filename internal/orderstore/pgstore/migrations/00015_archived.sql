-- +goose Up
-- Only a closed product is. A record that archives one is of version 3.
ALTER TABLE seckill_product ADD COLUMN archived boolean NOT NULL DEFAULT false;
