-- +goose Up
-- Accounts of programs. Each belongs to one organization, or to one project of it; its roles are
-- memberships, as people's are, and its keys are API tokens.
CREATE TABLE service_account (
	account_id      uuid        PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
	organization_id uuid        NOT NULL,
	project_id      uuid,                              -- the only project that its keys reach
	description     text        NOT NULL,
	scopes          text[]      NOT NULL DEFAULT '{}', -- of its keys: commands, groups; empty: all that its roles allow
	created_by      uuid        NOT NULL,
	deleted_at      timestamptz                        -- the account stays, so that the audit trail can name it
);
CREATE INDEX service_account_organization ON service_account (organization_id, account_id) WHERE deleted_at IS NULL;

-- Its credentials are refused from this moment on.
ALTER TABLE account ADD COLUMN disabled_at timestamptz;
