-- +goose Up
-- Where an execution may connect to, and what came of it. Only executions with network access have a row.

CREATE TABLE execution_egress (
	execution_id uuid    PRIMARY KEY REFERENCES execution (id) ON DELETE CASCADE,
	allow        text[]  NOT NULL,
	private      boolean NOT NULL,           -- rules for private addresses count
	revision     bigint  NOT NULL,           -- of allow: counts up with each change
	applied      bigint  NOT NULL DEFAULT 0, -- the revision that the node obeys
	connections  bigint  NOT NULL DEFAULT 0,
	bytes_out    bigint  NOT NULL DEFAULT 0, -- from the program
	bytes_in     bigint  NOT NULL DEFAULT 0,
	refused      jsonb   NOT NULL DEFAULT '[]',
	refused_more bigint  NOT NULL DEFAULT 0
);
