-- +goose Up
-- How the last attempt of a callback went, and that it may be made again by hand.

ALTER TABLE judge0_callback
	ADD COLUMN restarted_at integer NOT NULL DEFAULT 0,  -- the attempts before the schedule began anew
	ADD COLUMN status_code  integer NOT NULL DEFAULT 0,  -- of the last answer; 0: there was none
	ADD COLUMN tried_at     timestamptz;                 -- when the last attempt began
