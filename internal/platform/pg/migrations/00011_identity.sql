-- +goose Up
-- Identity: who somebody is, and what proves it. Secrets are stored as hashes only.

CREATE TABLE account (
	id                 uuid        PRIMARY KEY,
	version            bigint      NOT NULL,
	kind               text        NOT NULL CHECK (kind IN ('user', 'service_account')),
	email              text        UNIQUE,           -- lower case; users only
	name               text        NOT NULL,
	password_hash      text,                         -- argon2id, PHC string; users only
	platform_roles     text[]      NOT NULL DEFAULT '{}',
	default_project_id uuid,
	created_at         timestamptz NOT NULL,
	CHECK (email = lower(email)),
	CHECK ((kind = 'user') = (email IS NOT NULL AND password_hash IS NOT NULL))
);

-- Failed sign-ins, by the SHA-256 of the address that was tried, known or not:
-- so that a lockout does not tell which addresses have an account.
CREATE TABLE sign_in_guard (
	email_hash   bytea       PRIMARY KEY,
	failures     integer     NOT NULL,
	last_failure timestamptz NOT NULL,
	locked_until timestamptz
);
CREATE INDEX sign_in_guard_age ON sign_in_guard (last_failure);

-- What a caller may show instead of a password: a browser's session, or an API token.
CREATE TABLE credential (
	id             uuid        PRIMARY KEY,
	kind           text        NOT NULL CHECK (kind IN ('session', 'token')),
	account_id     uuid        NOT NULL REFERENCES account (id),
	secret_hash    bytea       NOT NULL,              -- SHA-256
	name           text        NOT NULL DEFAULT '',   -- tokens
	scopes         text[]      NOT NULL DEFAULT '{}', -- tokens: commands, groups ("execution.*"); empty: all
	project_id     uuid,                              -- tokens: bound to this project
	remote_address text        NOT NULL DEFAULT '',   -- sessions: where it was opened
	user_agent     text        NOT NULL DEFAULT '',
	created_at     timestamptz NOT NULL,
	expires_at     timestamptz,                       -- NULL: a token that does not expire
	revoked_at     timestamptz,
	last_used_at   timestamptz,                       -- to the minute
	CHECK (kind = 'token' OR expires_at IS NOT NULL)
);
CREATE INDEX credential_account ON credential (account_id, id);
CREATE INDEX credential_over ON credential (coalesce(revoked_at, expires_at));

-- The link that makes the first administrator. One row, ever.
CREATE TABLE setup (
	singleton         boolean     PRIMARY KEY DEFAULT true CHECK (singleton),
	secret_hash  bytea       NOT NULL,
	created_at   timestamptz NOT NULL,
	completed_at timestamptz
);
