-- +goose Up
-- Orders of all products by time; and those that have ended, also by user. Where the user
-- holds a unit seckill_order_slot finds them, under each product.
CREATE INDEX seckill_order_time ON seckill_order (placed_at) WHERE number > 0;
CREATE INDEX seckill_order_ended_time ON seckill_order (status, placed_at) WHERE status IN ('cancelled', 'expired');
CREATE INDEX seckill_order_ended_user ON seckill_order (user_id) WHERE status IN ('cancelled', 'expired');
