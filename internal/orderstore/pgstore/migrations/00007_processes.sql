-- +goose Up
-- The processes that are alive, with the highest version of records that each reads, and
-- the version up to which records may be written.
CREATE TABLE seckill_process (
	seen_at timestamptz NOT NULL,
	reads integer NOT NULL,
	id text PRIMARY KEY,
	role text NOT NULL,
	place text NOT NULL
);

CREATE TABLE seckill_written (
	version integer NOT NULL
);
INSERT INTO seckill_written VALUES (1);
