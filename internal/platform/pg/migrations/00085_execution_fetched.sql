-- +goose Up
-- Files that do not travel with their task: which contents the node of an execution may read. NULL: none.

ALTER TABLE execution_input ADD COLUMN fetched bytea[];
