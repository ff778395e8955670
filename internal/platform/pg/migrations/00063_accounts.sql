-- +goose Up
-- Who signs in a program with a code that a person types into the console (RFC 8628).
-- Both codes are stored as hashes only.
CREATE TABLE device_grant (
	id             uuid        PRIMARY KEY,
	device_hash    bytea       NOT NULL,            -- what the program holds
	user_hash      bytea       NOT NULL UNIQUE,     -- what the person types
	status         text        NOT NULL CHECK (status IN ('pending', 'approved', 'denied', 'redeemed')),
	name           text        NOT NULL,            -- what the program calls itself; its token's name
	days           integer     NOT NULL CHECK (days > 0),
	remote_address text        NOT NULL,            -- where the program asked from
	user_agent     text        NOT NULL,
	account_id     uuid        REFERENCES account (id), -- who decided
	interval_s     integer     NOT NULL,            -- how long the program waits between two questions
	polled_at      timestamptz,
	created_at     timestamptz NOT NULL,
	expires_at     timestamptz NOT NULL,
	CHECK ((status = 'pending') = (account_id IS NULL))
);
CREATE INDEX device_grant_over ON device_grant (expires_at);
