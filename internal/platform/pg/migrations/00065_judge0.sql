-- +goose Up
-- What Judge0's API knows of a submission beyond its execution, and whom to call when it has ended.

CREATE TABLE judge0_submission (
	execution_id    uuid        PRIMARY KEY REFERENCES execution (id) ON DELETE CASCADE,
	project_id      uuid        NOT NULL,
	language_id     integer     NOT NULL,
	asked           jsonb       NOT NULL,          -- in Judge0's words and units
	expected_output bytea                          -- NULL: nothing was expected
);

CREATE TABLE judge0_callback (
	execution_id    uuid        PRIMARY KEY REFERENCES judge0_submission (execution_id) ON DELETE CASCADE,
	version         bigint      NOT NULL,
	organization_id uuid        NOT NULL,
	project_id      uuid        NOT NULL,
	owner_id        uuid        NOT NULL,
	url             bytea       NOT NULL,          -- sealed: its path and query may be secret
	status          text        NOT NULL CHECK (status IN ('waiting','queued','sending','delivered','failed')),
	attempts        integer     NOT NULL CHECK (attempts >= 0),
	reason          text        NOT NULL,
	next_at         timestamptz,
	lease_until     timestamptz,
	ended_at        timestamptz,
	CHECK ((next_at IS NOT NULL) = (status = 'queued')),
	CHECK ((lease_until IS NOT NULL) = (status = 'sending')),
	CHECK ((ended_at IS NOT NULL) = (status IN ('delivered','failed')))
);
CREATE INDEX judge0_callback_queued  ON judge0_callback (next_at) WHERE status = 'queued';
CREATE INDEX judge0_callback_sending ON judge0_callback (owner_id, lease_until) WHERE status = 'sending';

-- The saved script whose text an execution is a copy of, under the name that it had then.
ALTER TABLE execution ADD COLUMN script_id uuid, ADD COLUMN script_version integer, ADD COLUMN script_name text;
CREATE INDEX execution_script ON execution (script_id, id DESC) WHERE script_id IS NOT NULL;
