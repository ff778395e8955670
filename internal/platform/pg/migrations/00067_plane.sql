-- +goose Up
-- Organizations have sinks and replays of their own events; Kafka's records may name a registered schema.

-- What has an organization is that organization's own: its admins see and steer it.
ALTER TABLE replay ADD COLUMN organization_id uuid;
CREATE INDEX replay_organization ON replay (organization_id, id) WHERE organization_id IS NOT NULL;

ALTER TABLE sink
	ADD COLUMN registry text NOT NULL DEFAULT '', -- URL of a schema registry; empty: none
	ADD COLUMN sealed_registry_secret bytea;      -- user:password
ALTER TABLE sink DROP CONSTRAINT sink_name_key;
CREATE UNIQUE INDEX sink_name_key ON sink (organization_id, name) NULLS NOT DISTINCT;
