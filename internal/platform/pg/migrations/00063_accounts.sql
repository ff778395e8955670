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

-- What somebody proves besides a password: codes of an authenticator app (RFC 6238).
-- The secret is sealed, since codes are computed from it.
CREATE TABLE second_factor (
	account_id    uuid        PRIMARY KEY REFERENCES account (id),
	sealed_secret bytea       NOT NULL,
	last_step     bigint      NOT NULL DEFAULT 0, -- of the newest code that was accepted: none is, twice
	created_at    timestamptz NOT NULL,
	confirmed_at  timestamptz                     -- NULL: not yet asked for
);

-- For who has lost the app. Each works once.
CREATE TABLE recovery_code (
	account_id uuid  NOT NULL REFERENCES account (id),
	code_hash  bytea NOT NULL, -- SHA-256 of 80 random bits
	PRIMARY KEY (account_id, code_hash)
);

-- Who has shown the right password and owes the second factor. It is no session: it opens nothing.
CREATE TABLE sign_in_step (
	id          uuid        PRIMARY KEY,
	secret_hash bytea       NOT NULL,
	account_id  uuid        NOT NULL REFERENCES account (id),
	email_hash  bytea       NOT NULL, -- whose failures a wrong code counts with
	expires_at  timestamptz NOT NULL
);
CREATE INDEX sign_in_step_over ON sign_in_step (expires_at);
