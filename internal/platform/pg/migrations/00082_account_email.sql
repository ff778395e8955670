-- +goose Up
-- The address that somebody wants instead of their own, until they show that it is theirs.
CREATE TABLE email_change (
	account_id  uuid        PRIMARY KEY REFERENCES account (id),
	email       text        NOT NULL,             -- in lower case
	sealed_code bytea       NOT NULL,             -- what was sent there
	tries       integer     NOT NULL DEFAULT 0,   -- wrong codes so far
	expires_at  timestamptz NOT NULL,             -- of the code
	asked       integer     NOT NULL,             -- how many codes were asked for since
	asked_since timestamptz NOT NULL
);

-- Letters to addresses that are not, or not any more, an account's own: notifications go to accounts.
CREATE TABLE account_letter (
	id         uuid        PRIMARY KEY,
	account_id uuid        NOT NULL REFERENCES account (id), -- on whose behalf
	kind       text        NOT NULL CHECK (kind IN ('email_code', 'email_taken', 'email_changed')),
	sealed     bytea       NOT NULL,           -- to whom, and the code
	attempts   integer     NOT NULL DEFAULT 0,
	next_at    timestamptz NOT NULL,           -- also the end of the lease of who sends it
	expires_at timestamptz NOT NULL            -- then it is worth nothing any more
);
CREATE INDEX account_letter_due ON account_letter (next_at);
CREATE INDEX account_letter_of ON account_letter (account_id);

-- Where a kept answer's command acted: whoever lost their role there does not get the answer again.
ALTER TABLE idempotency ADD COLUMN scope jsonb; -- NULL: kept before scopes were
