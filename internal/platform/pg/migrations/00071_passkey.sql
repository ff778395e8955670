-- +goose Up
-- What somebody signs in with instead of a password (WebAuthn). Only public keys are
-- here: a copy of the database signs nobody in.
CREATE TABLE passkey (
	id            uuid        PRIMARY KEY,
	account_id    uuid        NOT NULL REFERENCES account (id),
	credential_id bytea       NOT NULL UNIQUE, -- the authenticator's name for it
	rp_id         text        NOT NULL,        -- the domain that it was made for, and works at
	record        jsonb       NOT NULL,        -- public key, sign counter, flags
	name          text        NOT NULL,
	created_at    timestamptz NOT NULL,
	last_used_at  timestamptz
);
CREATE INDEX passkey_of ON passkey (account_id, id);

-- What an authenticator was asked to sign. Each is answered once.
CREATE TABLE passkey_challenge (
	challenge  text        PRIMARY KEY,
	account_id uuid        REFERENCES account (id), -- who adds a passkey; NULL: somebody signs in
	session    jsonb       NOT NULL,                -- what the answer is checked against
	expires_at timestamptz NOT NULL
);
CREATE INDEX passkey_challenge_over ON passkey_challenge (expires_at);
