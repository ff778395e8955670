-- +goose Up
-- When an account's request rates were last made whole again. The version is a part of
-- the key under which requests are counted, in every replica.

CREATE TABLE rate_reset (
	id         uuid        PRIMARY KEY,
	account_id uuid        NOT NULL UNIQUE,
	version    bigint      NOT NULL,
	reset_at   timestamptz NOT NULL
);
