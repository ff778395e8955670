-- +goose Up
-- How people want their console: the changes are the truth, everything else is folded from them.

CREATE TABLE preference (
	user_id    uuid        PRIMARY KEY,
	version    bigint      NOT NULL,             -- of the last change
	updated_at timestamptz NOT NULL,
	state      jsonb       NOT NULL              -- what the changes up to here add up to
);

CREATE TABLE preference_change (
	user_id    uuid        NOT NULL,
	version    bigint      NOT NULL CHECK (version > 0),
	changed_at timestamptz NOT NULL,
	patch      jsonb       NOT NULL,             -- a merge patch (RFC 7396)
	restored   bigint,                           -- the version that this change went back to
	PRIMARY KEY (user_id, version)
);

-- Every tenth state, so that a look back never folds more than ten changes.
CREATE TABLE preference_snapshot (
	user_id    uuid        NOT NULL,
	version    bigint      NOT NULL,
	state      jsonb       NOT NULL,
	PRIMARY KEY (user_id, version)
);
