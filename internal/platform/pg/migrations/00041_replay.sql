-- +goose Up
-- Replays: events of the log given once more, to somebody who asked.

CREATE TABLE replay (
	id               uuid        PRIMARY KEY,
	version          bigint      NOT NULL,
	status           text        NOT NULL CHECK (status IN ('preview', 'scheduled', 'created', 'running', 'paused', 'completed', 'failed', 'cancelled')),
	reason           text        NOT NULL DEFAULT '',
	name             text        NOT NULL,
	created_by       uuid,
	created_at       timestamptz NOT NULL,
	start_at         timestamptz,
	started_at       timestamptz,
	ended_at         timestamptz,
	-- Which events: every field that is set narrows.
	types            text[]      NOT NULL,
	aggregate_kind   text        NOT NULL,
	aggregate_id     uuid,
	project_id       uuid,
	actor_id         uuid,
	correlation_id   text        NOT NULL,
	from_time        timestamptz,
	to_time          timestamptz,
	after_position   bigint      NOT NULL,
	through_position bigint      NOT NULL,
	max_events       bigint      NOT NULL CHECK (max_events BETWEEN 1 AND 1000000),
	-- Where to, and how fast.
	target           text        NOT NULL CHECK (target IN ('bus', 'consumer', 'callback', 'file')),
	consumer         text        NOT NULL,
	url              text        NOT NULL,
	sealed_secret    bytea,
	speed            float8      NOT NULL CHECK (speed = 0 OR speed BETWEEN 0.1 AND 100), -- 0: as fast as the target takes them
	batch            int         NOT NULL CHECK (batch BETWEEN 1 AND 1000),
	skip_errors      boolean     NOT NULL,
	-- How far. Moved only by the holder of the epoch, while running.
	counts           jsonb       NOT NULL, -- by type, when it was made
	total            bigint      NOT NULL,
	position         bigint      NOT NULL,
	sent             bigint      NOT NULL DEFAULT 0,
	failed           bigint      NOT NULL DEFAULT 0,
	epoch            bigint      NOT NULL DEFAULT 0
);
CREATE INDEX replay_open ON replay (status) WHERE status IN ('scheduled', 'running');

-- What a replay into a file has written: JSON lines, in order.
CREATE TABLE replay_chunk (
	replay_id uuid   NOT NULL REFERENCES replay (id) ON DELETE CASCADE,
	position  bigint NOT NULL, -- of its last event
	body      bytea  NOT NULL,
	PRIMARY KEY (replay_id, position)
);
