-- +goose Up
-- Rules of OpenID Connect providers that give roles in projects, and sessions that end when their issuer says so.

-- The project memberships that a provider's rules granted, as they granted them.
CREATE TABLE external_project_membership (
	identity_id uuid NOT NULL REFERENCES external_identity (id) ON DELETE CASCADE,
	project_id  uuid NOT NULL REFERENCES project (id),
	role        text NOT NULL,
	PRIMARY KEY (identity_id, project_id)
);
CREATE INDEX external_project_membership_project ON external_project_membership (project_id);

-- What the issuer calls the session there that opened this one (sid); NULL: it did not say.
ALTER TABLE credential ADD COLUMN issuer_session text;

-- Logout tokens that were obeyed, until they expire: none is obeyed twice.
CREATE TABLE logout_token (
	issuer     text        NOT NULL,
	token_hash bytea       NOT NULL, -- SHA-256 of its id
	expires_at timestamptz NOT NULL,
	PRIMARY KEY (issuer, token_hash)
);
CREATE INDEX logout_token_expires ON logout_token (expires_at);
