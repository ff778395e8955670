-- +goose Up
-- Settings and limits that somebody set; definitions and defaults are code.

CREATE TABLE limit_value (
	id              uuid        PRIMARY KEY,
	name            text        NOT NULL,
	scope           text        NOT NULL CHECK (scope IN ('global', 'organization', 'unit', 'project', 'user')),
	scope_id        uuid,
	organization_id uuid,
	number          bigint,
	word            text,
	version         bigint      NOT NULL,
	set_at          timestamptz NOT NULL,
	CHECK ((scope = 'global') = (scope_id IS NULL)),
	CHECK (num_nonnulls(number, word) = 1),
	UNIQUE NULLS NOT DISTINCT (name, scope, scope_id)
);

-- One row, counted up by every change: readers ask it whether what they keep still
-- holds, and its lock puts changes one after the other.
CREATE TABLE limit_revision (
	singleton     boolean PRIMARY KEY DEFAULT true CHECK (singleton),
	revision bigint  NOT NULL
);
INSERT INTO limit_revision (revision) VALUES (0);
