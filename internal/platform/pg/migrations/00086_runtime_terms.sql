-- +goose Up
-- What operators say of a runtime, installed or an image: the weakest class of its runs (the column class, empty: none is said), and what they
-- may connect to (null: as its image says, if it is one). terms_id is the aggregate of these changes, from the first one on.
ALTER TABLE runtime
	ADD COLUMN terms_id      uuid,
	ADD COLUMN terms_version bigint NOT NULL DEFAULT 0,
	ADD COLUMN egress        text[];
ALTER TABLE runtime ADD CONSTRAINT runtime_class CHECK (class IN ('', 'fresh', 'gvisor'));
