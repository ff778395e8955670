-- +goose Up
-- Tenancy: who works where.

CREATE TABLE organization (
	id         uuid        PRIMARY KEY,
	version    bigint      NOT NULL,
	slug       text        NOT NULL UNIQUE,
	name       text        NOT NULL,
	personal   boolean     NOT NULL DEFAULT false,
	home       boolean     NOT NULL DEFAULT false, -- of whoever runs the installation
	created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX organization_home ON organization (home) WHERE home;

CREATE TABLE organization_member (
	organization_id uuid        NOT NULL REFERENCES organization (id),
	user_id         uuid        NOT NULL,
	role            text        NOT NULL CHECK (role IN ('organization.owner', 'organization.admin', 'organization.member')),
	joined_at       timestamptz NOT NULL,
	PRIMARY KEY (organization_id, user_id)
);
CREATE INDEX organization_member_user ON organization_member (user_id);

-- An optional tree inside an organization: departments, teams.
CREATE TABLE unit (
	id              uuid        PRIMARY KEY,
	organization_id uuid        NOT NULL REFERENCES organization (id),
	parent_id       uuid,
	name            text        NOT NULL,
	created_at      timestamptz NOT NULL,
	UNIQUE (id, organization_id),
	FOREIGN KEY (parent_id, organization_id) REFERENCES unit (id, organization_id),
	UNIQUE NULLS NOT DISTINCT (organization_id, parent_id, name)
);
CREATE INDEX unit_parent ON unit (parent_id);

CREATE TABLE project (
	id              uuid        PRIMARY KEY,
	version         bigint      NOT NULL,
	organization_id uuid        NOT NULL REFERENCES organization (id),
	unit_id         uuid,
	slug            text        NOT NULL,
	name            text        NOT NULL,
	created_at      timestamptz NOT NULL,
	archived_at     timestamptz,
	UNIQUE (organization_id, slug),
	UNIQUE (id, organization_id),
	FOREIGN KEY (unit_id, organization_id) REFERENCES unit (id, organization_id)
);
CREATE INDEX project_unit ON project (unit_id);

-- Who works in a project belongs to its organization: leaving the one ends the other.
CREATE TABLE project_member (
	project_id      uuid        NOT NULL,
	organization_id uuid        NOT NULL,
	user_id         uuid        NOT NULL,
	role            text        NOT NULL CHECK (role IN ('project.manager', 'project.member', 'project.viewer')),
	joined_at       timestamptz NOT NULL,
	PRIMARY KEY (project_id, user_id),
	FOREIGN KEY (project_id, organization_id) REFERENCES project (id, organization_id),
	FOREIGN KEY (organization_id, user_id) REFERENCES organization_member (organization_id, user_id) ON DELETE CASCADE
);
CREATE INDEX project_member_user ON project_member (user_id);
CREATE INDEX project_member_organization ON project_member (organization_id, user_id);

-- A single-use link. The e-mail address is forgotten when the invitation ends.
CREATE TABLE invitation (
	id              uuid        PRIMARY KEY,
	version         bigint      NOT NULL,
	organization_id uuid        NOT NULL REFERENCES organization (id),
	email           text        NOT NULL,
	role            text        NOT NULL CHECK (role IN ('organization.owner', 'organization.admin', 'organization.member')),
	status          text        NOT NULL CHECK (status IN ('pending', 'accepted', 'revoked')),
	secret_hash     bytea       NOT NULL,
	invited_by      uuid        NOT NULL,
	accepted_by     uuid,
	created_at      timestamptz NOT NULL,
	expires_at      timestamptz NOT NULL,
	ended_at        timestamptz,
	CHECK ((status = 'pending') = (ended_at IS NULL)),
	CHECK ((status = 'accepted') = (accepted_by IS NOT NULL))
);
CREATE INDEX invitation_organization ON invitation (organization_id, id);
