-- +goose Up
-- Ids compare as bytes (COLLATE "C"): it is their order everywhere else, and cheap.
-- Wide columns stand first, so that no row has holes.

CREATE TABLE seckill_product (
	id text COLLATE "C" PRIMARY KEY,
	name text NOT NULL,
	quantity bigint NOT NULL,
	limit_per_user integer NOT NULL,
	opens_at timestamptz,
	closes_at timestamptz,
	payment_window bigint NOT NULL, -- nanoseconds
	paused boolean NOT NULL,
	closed boolean NOT NULL,
	rehearsal boolean NOT NULL,
	epoch bigint NOT NULL CHECK (epoch > 0),
	nonce text NOT NULL,
	refused boolean NOT NULL,
	deleted boolean NOT NULL,
	partition integer NOT NULL,
	held bigint NOT NULL,
	placed bigint NOT NULL CHECK (placed >= 0),
	paid bigint NOT NULL CHECK (paid >= 0),
	cancelled bigint NOT NULL CHECK (cancelled >= 0),
	expired bigint NOT NULL CHECK (expired >= 0),
	rejected bigint NOT NULL CHECK (rejected >= 0),
	last_number bigint NOT NULL,
	last_return bigint NOT NULL,
	recounts bigint NOT NULL,
	CONSTRAINT held_within_quantity CHECK (held BETWEEN 0 AND quantity),
	CONSTRAINT held_is_placed_and_paid CHECK (held = placed + paid)
) WITH (fillfactor = 50); -- every batch changes a few rows, in place where the page has room

-- Every order pays for three indexes: ids mostly grow (version 7) and numbers
-- always do, users never.
CREATE TABLE seckill_order (
	number bigint NOT NULL, -- 0: rejected
	seq bigint NOT NULL,
	epoch bigint NOT NULL,
	position bigint NOT NULL,
	placed_at timestamptz NOT NULL,
	pay_by timestamptz,
	ended_at timestamptz,
	partition integer NOT NULL,
	slot integer NOT NULL,
	order_id uuid PRIMARY KEY,
	product_id text COLLATE "C" NOT NULL,
	user_id text COLLATE "C" NOT NULL,
	status text COLLATE "C" NOT NULL CHECK (status IN ('placed', 'paid', 'cancelled', 'expired', 'rejected'))
);
CREATE UNIQUE INDEX seckill_order_slot ON seckill_order (product_id, user_id, slot) WHERE status IN ('placed', 'paid');
CREATE UNIQUE INDEX seckill_order_number ON seckill_order (product_id, number) WHERE number > 0;
CREATE INDEX seckill_order_due ON seckill_order (pay_by) WHERE status = 'placed' AND pay_by IS NOT NULL;

CREATE TABLE seckill_return (
	number bigint NOT NULL,
	order_id uuid NOT NULL,
	product_id text COLLATE "C" NOT NULL,
	user_id text COLLATE "C" NOT NULL,
	PRIMARY KEY (product_id, number)
);

CREATE TABLE seckill_position (
	partition integer PRIMARY KEY,
	next bigint NOT NULL,
	cluster text NOT NULL,
	topic text NOT NULL,
	leader integer NOT NULL
) WITH (fillfactor = 10); -- every batch changes a row

CREATE TABLE seckill_dead_letter (
	partition integer,
	position bigint,
	product_id text NOT NULL,
	reason text NOT NULL,
	raw bytea NOT NULL,
	PRIMARY KEY (partition, position)
);

CREATE TABLE seckill_meta (
	key text PRIMARY KEY,
	value bytea NOT NULL
);
