-- +goose Up
-- Signing in through an OpenID Connect issuer, and its access tokens at the API.

CREATE TABLE identity_provider (
	id            uuid        PRIMARY KEY,
	version       bigint      NOT NULL,
	name          text        NOT NULL UNIQUE,  -- stands in addresses
	title         text        NOT NULL,         -- stands on buttons
	issuer        text        NOT NULL UNIQUE,  -- as the issuer writes itself: compared byte by byte
	client_id     text        NOT NULL,
	client_secret bytea,                        -- sealed; NULL: a public client
	scopes        text[]      NOT NULL,         -- asked for beside openid
	audiences     text[]      NOT NULL,         -- of access tokens that are accepted; none: no access tokens
	scope_claim   text        NOT NULL,         -- of access tokens: names what they may do; empty: everything that the person may
	registration  text        NOT NULL CHECK (registration IN ('closed', 'rules', 'open')),
	trusts_email  boolean     NOT NULL,
	enabled       boolean     NOT NULL,
	rules         jsonb       NOT NULL,         -- claim and value to organization and role
	created_at    timestamptz NOT NULL,
	updated_at    timestamptz NOT NULL
);

-- Who somebody is elsewhere. By issuer, not by provider: one that is set up anew knows its people.
CREATE TABLE external_identity (
	id           uuid        PRIMARY KEY,
	issuer       text        NOT NULL,
	subject      text        NOT NULL,
	account_id   uuid        NOT NULL REFERENCES account (id),
	claims_at    timestamptz NOT NULL,          -- when the issuer said what the memberships follow
	created_at   timestamptz NOT NULL,
	last_used_at timestamptz NOT NULL,
	UNIQUE (issuer, subject)
);
CREATE INDEX external_identity_account ON external_identity (account_id, id);

-- The memberships that a provider's rules granted, as they granted them.
CREATE TABLE external_membership (
	identity_id     uuid NOT NULL REFERENCES external_identity (id) ON DELETE CASCADE,
	organization_id uuid NOT NULL REFERENCES organization (id),
	role            text NOT NULL,
	PRIMARY KEY (identity_id, organization_id)
);
CREATE INDEX external_membership_organization ON external_membership (organization_id);

-- The identity that opened a session, if one did.
ALTER TABLE credential ADD COLUMN identity_id uuid;
CREATE INDEX credential_identity ON credential (identity_id) WHERE identity_id IS NOT NULL;
