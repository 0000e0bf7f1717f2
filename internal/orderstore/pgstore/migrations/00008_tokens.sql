-- +goose Up
-- The tokens of operators, by the hash of what each shows.
CREATE TABLE seckill_token (
	made_at timestamptz NOT NULL,
	name text PRIMARY KEY,
	role text NOT NULL,
	hash bytea NOT NULL
);
