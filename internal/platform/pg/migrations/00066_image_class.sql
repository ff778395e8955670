-- +goose Up
-- What runs of a runtime that is an image may connect to, unless they name a list of their own. Empty: nothing.
ALTER TABLE runtime_image ADD COLUMN egress text[] NOT NULL DEFAULT '{}';
