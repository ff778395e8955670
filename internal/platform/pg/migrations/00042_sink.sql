-- +goose Up
-- Sinks: other systems that get the log's events as they happen.

CREATE TABLE sink (
	id               uuid        PRIMARY KEY,
	version          bigint      NOT NULL,
	name             text        NOT NULL UNIQUE,
	kind             text        NOT NULL CHECK (kind IN ('jetstream', 'kafka')),
	address          text        NOT NULL,
	prefix           text        NOT NULL, -- of subjects and topics
	sealed_secret    bytea,                -- user:password
	organization_id  uuid,                 -- only its events; NULL: everybody's
	types            text[]      NOT NULL,
	aggregate_kind   text        NOT NULL,
	enabled          boolean     NOT NULL,
	created_at       timestamptz NOT NULL,
	-- How far, and how it fares. Moved only by the holder of the epoch.
	position         bigint      NOT NULL, -- up to here the sink has what it is to get
	sent             bigint      NOT NULL DEFAULT 0,
	epoch            bigint      NOT NULL DEFAULT 0,
	error            text        NOT NULL DEFAULT '', -- the last one, while it lasts
	failing_since    timestamptz,
	sent_at          timestamptz
);
