-- +goose Up
-- Notifications: what people are told, where else it is sent, and how that went.

-- One row per user who was ever told something: the aggregate that everything below belongs to.
CREATE TABLE inbox (
	user_id uuid   PRIMARY KEY,
	version bigint NOT NULL
);

CREATE TABLE notification (
	id         uuid        PRIMARY KEY,
	user_id    uuid        NOT NULL,
	source_id  uuid        NOT NULL,              -- what led to it: an event, an alert, a request
	cause      text        NOT NULL,              -- the type of that event; digest, alert or message
	severity   smallint    NOT NULL CHECK (severity BETWEEN 0 AND 3),
	title      text        NOT NULL,
	body       text        NOT NULL,
	link       text        NOT NULL,              -- a path in the console
	tags       text[]      NOT NULL,
	status     text        NOT NULL CHECK (status IN ('pending', 'delivered', 'skipped', 'read', 'clicked')),
	reason     text        NOT NULL,              -- why it was skipped
	deliver_at timestamptz NOT NULL,
	created_at timestamptz NOT NULL,
	read_at    timestamptz
);
CREATE UNIQUE INDEX notification_source   ON notification (user_id, source_id);
CREATE UNIQUE INDEX notification_digest   ON notification (user_id, severity) WHERE cause = 'digest' AND status = 'pending';
CREATE INDEX        notification_page     ON notification (user_id, id DESC);
CREATE INDEX        notification_unread   ON notification (user_id) WHERE status = 'delivered';
CREATE INDEX        notification_pending  ON notification (deliver_at) WHERE status = 'pending';
CREATE INDEX        notification_throttle ON notification (user_id, severity, created_at);
CREATE INDEX        notification_age      ON notification (created_at);

-- Who wants what where. The one of channel in_app has its user's id.
CREATE TABLE notification_subscription (
	id              uuid        PRIMARY KEY,
	user_id         uuid        NOT NULL,
	channel         text        NOT NULL CHECK (channel IN ('in_app', 'webhook', 'slack', 'email')),
	name            text        NOT NULL,
	enabled         boolean     NOT NULL,
	min_severity    smallint    NOT NULL CHECK (min_severity BETWEEN 0 AND 3),
	include_tags    text[]      NOT NULL,         -- one of them suffices; none: everything
	exclude_tags    text[]      NOT NULL,
	host            text        NOT NULL,         -- of the address: what may be shown of it
	target          bytea,                        -- sealed: the address
	secret          bytea,                        -- sealed: what webhooks are signed with
	previous_secret bytea,                        -- sealed: signs too, until …
	previous_until  timestamptz,
	failing_since   timestamptz,                  -- nothing has arrived since
	disabled_at     timestamptz,
	disabled_reason text        NOT NULL,
	created_at      timestamptz NOT NULL,
	updated_at      timestamptz NOT NULL,
	CHECK ((target IS NOT NULL) = (channel IN ('webhook', 'slack'))),
	CHECK ((secret IS NOT NULL) = (channel = 'webhook'))
);
CREATE INDEX        notification_subscription_user ON notification_subscription (user_id, id);
CREATE UNIQUE INDEX notification_subscription_one  ON notification_subscription (user_id, channel) WHERE channel IN ('in_app', 'email');

-- One row per notification and subscription, however often it is tried.
CREATE TABLE notification_delivery (
	id              uuid        PRIMARY KEY,
	notification_id uuid        NOT NULL,         -- of a test, one that does not exist
	subscription_id uuid        NOT NULL REFERENCES notification_subscription (id) ON DELETE CASCADE,
	user_id         uuid        NOT NULL,
	channel         text        NOT NULL,
	payload         text        NOT NULL,         -- what is sent, the same at every attempt
	status          text        NOT NULL CHECK (status IN ('queued', 'sending', 'delivered', 'failed', 'skipped')),
	reason          text        NOT NULL,
	attempts        integer     NOT NULL,
	restarted_at    integer     NOT NULL,         -- the attempts before the schedule began anew
	next_at         timestamptz NOT NULL,
	lease_until     timestamptz,
	created_at      timestamptz NOT NULL,
	ended_at        timestamptz,
	CHECK ((lease_until IS NOT NULL) = (status = 'sending')),
	CHECK ((ended_at IS NOT NULL) = (status IN ('delivered', 'failed', 'skipped')))
);
CREATE UNIQUE INDEX notification_delivery_one  ON notification_delivery (subscription_id, notification_id);
CREATE INDEX        notification_delivery_due  ON notification_delivery (next_at) WHERE status IN ('queued', 'sending');
CREATE INDEX        notification_delivery_user ON notification_delivery (user_id, id DESC);
CREATE INDEX        notification_delivery_age  ON notification_delivery (created_at);

CREATE TABLE notification_attempt (
	delivery_id uuid        NOT NULL REFERENCES notification_delivery (id) ON DELETE CASCADE,
	number      integer     NOT NULL,
	at          timestamptz NOT NULL,
	took_ms     integer     NOT NULL,
	status_code integer     NOT NULL,             -- 0: there was no answer
	answer      text        NOT NULL,             -- its beginning, without what must not be seen
	error       text        NOT NULL,
	PRIMARY KEY (delivery_id, number)
);
