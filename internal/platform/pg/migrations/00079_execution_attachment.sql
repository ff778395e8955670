-- +goose Up
-- Who is attached to an interactive execution now, whichever replica serves the connection. It renews its row while
-- it lasts; the row of one whose replica died runs out, by this database's clock.

CREATE TABLE execution_attachment (
	id           uuid        PRIMARY KEY,          -- one connection
	execution_id uuid        NOT NULL REFERENCES execution (id) ON DELETE CASCADE,
	account_id   uuid        NOT NULL,
	writes       boolean     NOT NULL,             -- else it only watches
	since        timestamptz NOT NULL,
	until        timestamptz NOT NULL
);
CREATE INDEX execution_attachment_execution ON execution_attachment (execution_id);
CREATE INDEX execution_attachment_until     ON execution_attachment (until);
