-- +goose Up
-- Rehearsals stand beside the tables that the fold keeps: nothing of the sale depends on them.

CREATE TABLE seckill_rehearsal (
	seen timestamptz NOT NULL, -- when the process that runs it last gave a sign
	running boolean NOT NULL,
	stop boolean NOT NULL DEFAULT false, -- somebody asked for it
	id text COLLATE "C" PRIMARY KEY,
	summary bytea NOT NULL,
	report bytea
);
CREATE UNIQUE INDEX seckill_rehearsal_one ON seckill_rehearsal (running) WHERE running;
