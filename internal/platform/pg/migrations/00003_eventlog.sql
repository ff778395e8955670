-- +goose Up
-- The log's order, and who has read how far.

-- Every position that was ever given stands in this one row, with the epoch of
-- the sequencer that may give the next: who holds an older one changes nothing.
CREATE TABLE sequencer (
	singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
	position bigint NOT NULL DEFAULT 0, -- the last one given
	epoch    bigint NOT NULL DEFAULT 0
);
INSERT INTO sequencer DEFAULT VALUES;

-- People read the log project by project, newest first.
ALTER TABLE event_log ADD COLUMN organization_id uuid, ADD COLUMN project_id uuid;
CREATE INDEX event_log_project ON event_log (project_id, position) WHERE project_id IS NOT NULL;

-- Rows come and go within milliseconds: clean up early, or the sequencer wades through the dead.
ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_insert_threshold = -1);
ALTER TABLE sequencer SET (fillfactor = 10, autovacuum_vacuum_threshold = 2000);

CREATE TABLE consumer (
	name       text        PRIMARY KEY,
	position   bigint      NOT NULL DEFAULT 0, -- everything up to here is handled or has a delivery
	epoch      bigint      NOT NULL DEFAULT 0, -- of the process that may move it
	updated_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

-- What a consumer could not handle at once. An event of an aggregate that has an
-- open delivery waits behind it, so that each aggregate stays in order.
CREATE TABLE delivery (
	consumer     text        NOT NULL REFERENCES consumer (name) ON DELETE CASCADE,
	event_id     uuid        NOT NULL,
	position     bigint      NOT NULL,
	aggregate_id uuid        NOT NULL,
	status       text        NOT NULL CHECK (status IN ('waiting', 'retrying', 'dead', 'discarded')),
	attempts     int         NOT NULL DEFAULT 0,
	next_at      timestamptz NOT NULL DEFAULT now(), -- of a retrying one
	reason       text        NOT NULL DEFAULT '',
	created_at   timestamptz NOT NULL DEFAULT now(),
	updated_at   timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (consumer, event_id)
);
CREATE INDEX delivery_open ON delivery (consumer, aggregate_id, position) WHERE status <> 'discarded';
CREATE INDEX delivery_due ON delivery (consumer, next_at) WHERE status = 'retrying';
