-- +goose Up
-- Nodes: the machines that workloads run on, how they join, and the sessions of their agents.

CREATE TABLE node (
	id             uuid        PRIMARY KEY,
	name           text        NOT NULL,
	status         text        NOT NULL CHECK (status IN ('enrolling', 'ready', 'draining', 'offline', 'retired')),
	cordoned       boolean     NOT NULL DEFAULT false,
	drain_asked_at timestamptz, -- drain is wanted since then
	drained_at     timestamptz, -- and nothing runs there since then
	reason         text        NOT NULL DEFAULT '',
	address        text        NOT NULL DEFAULT '',
	agent_version  text        NOT NULL DEFAULT '',
	os             text        NOT NULL DEFAULT '',
	arch           text        NOT NULL DEFAULT '',
	cores          int         NOT NULL DEFAULT 0,
	memory_bytes   bigint      NOT NULL DEFAULT 0,
	slots_total    int         NOT NULL DEFAULT 0 CHECK (slots_total >= 0),
	runtimes       jsonb       NOT NULL DEFAULT '[]',
	enforcement    jsonb       NOT NULL DEFAULT '[]',
	enrolled_at    timestamptz NOT NULL,
	version        bigint      NOT NULL,
	CHECK (drain_asked_at IS NULL OR cordoned),
	CHECK (drained_at IS NULL OR drain_asked_at IS NOT NULL),
	CHECK (status <> 'draining' OR drain_asked_at IS NOT NULL)
);
-- A name is free again once its node is retired.
CREATE UNIQUE INDEX node_name ON node (name) WHERE status <> 'retired';

-- Single-use tokens by which machines join. Only the hash is kept.
CREATE TABLE node_enrollment (
	id         uuid        PRIMARY KEY,
	token_hash bytea       NOT NULL UNIQUE,
	name       text        NOT NULL DEFAULT '', -- of the node to be; empty lets the machine say
	created_at timestamptz NOT NULL,
	expires_at timestamptz NOT NULL,
	used_at    timestamptz,
	node_id    uuid REFERENCES node (id),
	CHECK ((used_at IS NULL) = (node_id IS NULL))
);

-- One row per node that ever opened a session. The highest epoch holds; the lease is by this database's clock.
CREATE TABLE node_session (
	node_id     uuid        PRIMARY KEY REFERENCES node (id),
	epoch       bigint      NOT NULL,
	replica     uuid        NOT NULL,
	lease_until timestamptz NOT NULL,
	seen_at     timestamptz NOT NULL, -- when the lease was last renewed: the agent was heard shortly before
	running     int         NOT NULL DEFAULT 0 -- tasks, as the agent said
);
CREATE INDEX node_session_lease ON node_session (lease_until);
