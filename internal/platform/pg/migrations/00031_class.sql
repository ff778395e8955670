-- +goose Up
-- Isolation classes: what each node offers of each runtime, and what each execution asked for, must have and got.

ALTER TABLE node_runtime ADD COLUMN classes text[] NOT NULL DEFAULT '{}';

ALTER TABLE execution
	ADD COLUMN class_asked text NOT NULL DEFAULT '',   -- empty: none was asked for
	ADD COLUMN class       text NOT NULL DEFAULT '',   -- decided at submit; empty: any will do
	ADD COLUMN class_given text NOT NULL DEFAULT '';   -- as its node says, with the result
