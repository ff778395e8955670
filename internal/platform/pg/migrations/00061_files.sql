-- +goose Up
-- Files: what outlives a run (artefacts).

-- Which files a program's end is to leave behind: {"patterns", "max_bytes", "max_count"}. Absent: none.
ALTER TABLE execution_input ADD COLUMN artefacts jsonb;

-- What was kept, and what was asked for and is not there. Written with the result, gone with the execution.
CREATE TABLE execution_artefact (
	execution_id uuid    NOT NULL REFERENCES execution (id) ON DELETE CASCADE,
	n            integer NOT NULL,           -- from 0, as the node told them
	path         text    NOT NULL,           -- relative to the program's folder; of an omission, perhaps a pattern
	size         bigint  NOT NULL,
	sha256       bytea   NOT NULL,
	omitted      text    NOT NULL DEFAULT '', -- why there is no content
	PRIMARY KEY (execution_id, n)
);

-- Contents, in pieces: what is served is read piece by piece.
CREATE TABLE execution_artefact_chunk (
	execution_id uuid    NOT NULL REFERENCES execution (id) ON DELETE CASCADE,
	n            integer NOT NULL,
	seq          integer NOT NULL,           -- from 0; all but the last are equally long
	content      bytea   NOT NULL,
	PRIMARY KEY (execution_id, n, seq)
);
ALTER TABLE execution_artefact_chunk ALTER COLUMN content SET STORAGE EXTERNAL;
