-- +goose Up
-- Orders are expired by partition, so that one that is away holds up no other.
DROP INDEX seckill_order_due;
CREATE INDEX seckill_order_due ON seckill_order (partition, pay_by) WHERE status = 'placed' AND pay_by IS NOT NULL;
