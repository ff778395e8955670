-- +goose Up
-- Runtimes that are container images, and how far each node is with them.

CREATE TABLE runtime_image (
	runtime_id text        PRIMARY KEY REFERENCES runtime (id),
	id         uuid        NOT NULL UNIQUE,  -- of the aggregate, in events
	reference  text        NOT NULL,         -- as it was asked for: "docker.io/library/python:3.12-slim"
	digest     text        NOT NULL,         -- what it meant then, and means for ever
	insecure   boolean     NOT NULL,         -- the registry may be spoken to without TLS
	username   text        NOT NULL DEFAULT '', -- empty: anonymous
	password   bytea,                           -- sealed
	bytes      bigint      NOT NULL,         -- of the layers as they are sent
	command    text[]      NOT NULL,
	compile    text[]      NOT NULL,
	env        jsonb       NOT NULL,
	created_by uuid        NOT NULL,
	created_at timestamptz NOT NULL,
	retired_at timestamptz
);
CREATE INDEX runtime_image_digest ON runtime_image (digest);

-- As the node's agent last said.
CREATE TABLE node_image (
	node_id     uuid        NOT NULL,
	digest      text        NOT NULL,
	state       text        NOT NULL CHECK (state IN ('waiting', 'pulling', 'ready', 'failed')),
	done_bytes  bigint      NOT NULL,
	total_bytes bigint      NOT NULL,
	reason      text        NOT NULL,
	reported_at timestamptz NOT NULL,
	PRIMARY KEY (node_id, digest)
);
CREATE INDEX node_image_digest ON node_image (digest);
