-- +goose Up
-- Who looks after a sink is told once of each outage, and once of its end.

ALTER TABLE sink ADD COLUMN outage_since timestamptz; -- since when it failed, once they were told; NULL again when something arrived
