-- +goose Up
-- The kernel: what happened, who did it, and what was already answered.

CREATE TABLE event (
	id              uuid        NOT NULL,
	type            text        NOT NULL,
	time            timestamptz NOT NULL,
	aggregate_kind  text        NOT NULL,
	aggregate_id    uuid        NOT NULL,
	version         bigint      NOT NULL,
	organization_id uuid,
	project_id      uuid,
	actor_kind      text        NOT NULL,
	actor_id        uuid,
	correlation_id  text        NOT NULL,
	causation_id    uuid,
	data            jsonb       NOT NULL,
	PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE TABLE event_default PARTITION OF event DEFAULT;
CREATE INDEX event_aggregate ON event (aggregate_id, version);
CREATE INDEX event_project ON event (project_id, id);

-- Thin on purpose: one row per event, until the sequencer has moved it to event_log.
CREATE TABLE outbox (
	seq      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	event_id uuid NOT NULL
);

CREATE TABLE event_log (
	position bigint PRIMARY KEY,
	event_id uuid   NOT NULL
);

CREATE TABLE audit (
	id              uuid        NOT NULL,
	time            timestamptz NOT NULL,
	actor_kind      text        NOT NULL,
	actor_id        uuid,
	credential_id   uuid,
	action          text        NOT NULL,
	outcome         text        NOT NULL CHECK (outcome IN ('done', 'refused')),
	code            text        NOT NULL DEFAULT '',
	target_kind     text        NOT NULL DEFAULT '',
	target_id       uuid,
	organization_id uuid,
	project_id      uuid,
	correlation_id  text        NOT NULL,
	remote_address  text        NOT NULL DEFAULT '',
	detail          jsonb       NOT NULL DEFAULT '{}',
	PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE TABLE audit_default PARTITION OF audit DEFAULT;
CREATE INDEX audit_target ON audit (target_id, id);
CREATE INDEX audit_actor ON audit (actor_id, id);
CREATE INDEX audit_project ON audit (project_id, id);

CREATE TABLE idempotency (
	actor_id   uuid        NOT NULL,
	key        text        NOT NULL,
	command    text        NOT NULL,
	input_hash bytea       NOT NULL,
	answer     jsonb       NOT NULL,
	created_at timestamptz NOT NULL,
	PRIMARY KEY (actor_id, key)
);
CREATE INDEX idempotency_created ON idempotency (created_at);

-- What happened and who did it cannot be rewritten, not even by us.
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION stoa_append_only();
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION stoa_append_only();
