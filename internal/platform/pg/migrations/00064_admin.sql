-- +goose Up
-- What operators look after.

-- The audit trail is read by organization, by request, and by command.
CREATE INDEX audit_organization ON audit (organization_id, id);
CREATE INDEX audit_correlation ON audit (correlation_id, id);

-- Somebody can be locked out, and have no password yet.
ALTER TABLE account
	ADD COLUMN locked_at       timestamptz,
	ADD COLUMN locked_reason   text NOT NULL DEFAULT '', -- shown to who is locked
	ADD COLUMN last_sign_in_at timestamptz,
	ADD COLUMN note            text NOT NULL DEFAULT ''; -- operators' own
ALTER TABLE account DROP CONSTRAINT IF EXISTS account_check;
ALTER TABLE account
	ADD CONSTRAINT account_email CHECK ((kind = 'user') = (email IS NOT NULL)),
	ADD CONSTRAINT account_password CHECK (kind = 'user' OR password_hash IS NULL);

-- The link with which somebody sets a password: one each, used once.
CREATE TABLE password_link (
	account_id  uuid        PRIMARY KEY REFERENCES account (id),
	secret_hash bytea       NOT NULL, -- SHA-256
	created_at  timestamptz NOT NULL,
	expires_at  timestamptz NOT NULL
);
