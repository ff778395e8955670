-- +goose Up
-- Uploads: contents that runs take by reference. One row for each content of a project, its bytes in pieces.

CREATE TABLE file (
	id              uuid        PRIMARY KEY,
	version         bigint      NOT NULL,
	organization_id uuid        NOT NULL,
	project_id      uuid        NOT NULL,
	owner_id        uuid        NOT NULL,          -- who uploaded it first
	name            text        NOT NULL,          -- as it was uploaded first
	size            bigint      NOT NULL CHECK (size >= 0), -- bytes
	sha256          bytea       NOT NULL CHECK (length(sha256) = 32),
	created_at      timestamptz NOT NULL,
	uploaded_at     timestamptz NOT NULL           -- last; retention runs from here
);
CREATE UNIQUE INDEX file_content ON file (project_id, sha256);
CREATE INDEX        file_project ON file (project_id, id DESC);

CREATE TABLE file_piece (
	file_id uuid    NOT NULL REFERENCES file (id) ON DELETE CASCADE,
	seq     integer NOT NULL CHECK (seq >= 0),
	content bytea   NOT NULL,                      -- 256 KiB, the last one less
	PRIMARY KEY (file_id, seq)
);
ALTER TABLE file_piece ALTER COLUMN content SET STORAGE EXTERNAL;
