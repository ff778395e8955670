-- +goose Up
-- Executions that get input while they run. Only they have a row in execution_interactive.

ALTER TABLE execution ADD COLUMN interactive boolean NOT NULL DEFAULT false;

CREATE TABLE execution_interactive (
	execution_id uuid    PRIMARY KEY REFERENCES execution (id) ON DELETE CASCADE,
	columns      integer NOT NULL CHECK (columns BETWEEN 0 AND 1000), -- of its terminal as it was asked for; zero: pipes
	rows         integer NOT NULL CHECK (rows BETWEEN 0 AND 1000),
	idle_ms      bigint  NOT NULL CHECK (idle_ms > 0),
	record_bytes bigint  NOT NULL CHECK (record_bytes >= 0),          -- how much of a recording is kept; zero: there is none
	CHECK ((columns > 0) = (rows > 0))
);

-- What was said: written once, with the result, where it was to be recorded. asciicast v2.
CREATE TABLE execution_recording (
	execution_id uuid  PRIMARY KEY REFERENCES execution (id) ON DELETE CASCADE,
	recording    bytea NOT NULL
);
