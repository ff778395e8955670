-- +goose Up
-- Why a node does not run a runtime in class process, as its agent has found out by trying. Empty: it does, or it was not asked.
ALTER TABLE node_runtime ADD COLUMN reason text NOT NULL DEFAULT '';
