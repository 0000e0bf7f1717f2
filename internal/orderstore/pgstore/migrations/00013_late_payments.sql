-- +goose Up
-- Late payments, which are looked for each second.
CREATE INDEX seckill_payment_waiting ON seckill_payment (partition, product_id, payment_id) WHERE status = 'late';
