-- +goose Up
-- What every slice's tables stand on.

-- +goose StatementBegin
CREATE FUNCTION stoa_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
-- +goose StatementEnd

-- Who does what only one replica may do. Time is the database's.
CREATE TABLE lease (
	name   text        PRIMARY KEY,
	holder text        NOT NULL,
	epoch  bigint      NOT NULL,
	until  timestamptz NOT NULL
);

-- This installation, and how often it was restored: agents hold when the incarnation changes.
CREATE TABLE cluster (
	singleton   boolean PRIMARY KEY DEFAULT true CHECK (singleton),
	id          uuid    NOT NULL DEFAULT gen_random_uuid(),
	incarnation bigint  NOT NULL DEFAULT 1,
	created_at  timestamptz NOT NULL DEFAULT now()
);
INSERT INTO cluster DEFAULT VALUES;
