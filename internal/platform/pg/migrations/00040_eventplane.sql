-- +goose Up
-- The log as people work with it: found by id and correlation, its failures kept and decided on.

-- Both grow at their right edge: ids are made in the order of time, and so are the edge's correlation ids.
CREATE INDEX event_log_event ON event_log (event_id);
CREATE INDEX event_correlation ON event (correlation_id, id);

-- A consumer is what people act on when they retry or discard its dead letters.
ALTER TABLE consumer
	ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid(),
	ADD COLUMN version bigint NOT NULL DEFAULT 0; -- of what people did to it

-- A delivery that failed and worked in the end stays to be looked at, like one that was discarded.
ALTER TABLE delivery DROP CONSTRAINT delivery_status_check;
ALTER TABLE delivery ADD CONSTRAINT delivery_status_check CHECK (status IN ('waiting', 'retrying', 'dead', 'retried', 'discarded'));
DROP INDEX delivery_open;
CREATE INDEX delivery_open ON delivery (consumer, aggregate_id, position) WHERE status NOT IN ('retried', 'discarded');
CREATE INDEX delivery_position ON delivery (position, consumer);

-- How often failing events are tried, and when. Empty names mean every consumer and every kind of subject.
CREATE TABLE retry_policy (
	id         uuid        PRIMARY KEY,
	consumer   text        NOT NULL,
	subject    text        NOT NULL, -- the kind of aggregate: "execution"
	strategy   text        NOT NULL CHECK (strategy IN ('immediate', 'exponential', 'fixed', 'scheduled', 'manual')),
	attempts   int         NOT NULL CHECK (attempts BETWEEN 1 AND 1000),
	first_ms   bigint      NOT NULL CHECK (first_ms BETWEEN 0 AND 86400000),
	longest_ms bigint      NOT NULL CHECK (longest_ms BETWEEN first_ms AND 604800000),
	factor     float8      NOT NULL CHECK (factor BETWEEN 1 AND 100),
	at_minute  int         NOT NULL CHECK (at_minute BETWEEN 0 AND 1439), -- of the day, UTC
	version    bigint      NOT NULL DEFAULT 1,
	updated_at timestamptz NOT NULL DEFAULT now(),
	seeded     boolean     NOT NULL DEFAULT false, -- put here by this file, and nobody has changed it
	UNIQUE (consumer, subject)
);
-- The same rows on every installation: a restore that fails leaves what was there.
INSERT INTO retry_policy (id, consumer, subject, strategy, attempts, first_ms, longest_ms, factor, at_minute, updated_at, seeded) VALUES
	('00000000-0000-7000-8000-000000000001', '', '', 'exponential', 4, 60000, 1800000, 2.5, 0, '2026-01-01', true),
	('00000000-0000-7000-8000-000000000002', '', 'execution', 'exponential', 5, 30000, 300000, 2, 0, '2026-01-01', true);

-- How loudly the open dead letters were last complained about.
CREATE TABLE dead_letter_level (
	singleton  boolean     PRIMARY KEY DEFAULT true CHECK (singleton),
	id         uuid        NOT NULL DEFAULT gen_random_uuid(),
	level      text        NOT NULL DEFAULT 'ok' CHECK (level IN ('ok', 'warning', 'critical')),
	version    bigint      NOT NULL DEFAULT 0,
	changed_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO dead_letter_level (id, changed_at) VALUES ('00000000-0000-7000-8000-000000000003', '2026-01-01');
