-- +goose Up
-- Executions: one run of one program, from submit to a result that lasts.

CREATE TABLE runtime (
	id          text        PRIMARY KEY,          -- "python@3.11.2": immutable
	name        text        NOT NULL,
	version     text        NOT NULL,
	file_name   text        NOT NULL,
	example     text        NOT NULL,
	compiled    boolean     NOT NULL,
	class       text        NOT NULL,
	first_seen  timestamptz NOT NULL
);

-- Which node can run what, as its agent last said.
CREATE TABLE node_runtime (
	node_id    uuid NOT NULL,
	runtime_id text NOT NULL REFERENCES runtime (id),
	PRIMARY KEY (node_id, runtime_id)
);

CREATE TABLE execution (
	id              uuid        PRIMARY KEY,
	version         bigint      NOT NULL,
	organization_id uuid        NOT NULL,
	project_id      uuid        NOT NULL,
	owner_id        uuid        NOT NULL,
	runtime         text        NOT NULL,
	status          text        NOT NULL CHECK (status IN ('queued','scheduled','running','completed','failed','timed_out','cancelled','error')),
	reason_code     text        NOT NULL DEFAULT '',
	reason_message  text        NOT NULL DEFAULT '',
	priority        smallint    NOT NULL CHECK (priority BETWEEN 0 AND 10),
	rank            bigint      NOT NULL,           -- fair order within a priority: start-time fair queueing
	network         boolean     NOT NULL,
	wall_ms         bigint      NOT NULL CHECK (wall_ms > 0),
	cpu_ms          bigint      NOT NULL CHECK (cpu_ms > 0),
	memory_bytes    bigint      NOT NULL CHECK (memory_bytes > 0),
	processes       integer     NOT NULL CHECK (processes > 0),
	output_bytes    bigint      NOT NULL CHECK (output_bytes >= 0),
	disk_bytes      bigint      NOT NULL CHECK (disk_bytes > 0),
	node_id         uuid,
	epoch           bigint      NOT NULL DEFAULT 0,
	attempt         integer     NOT NULL DEFAULT 0,
	cancel_asked    boolean     NOT NULL DEFAULT false,
	retry_of        uuid,
	exit_code       integer,
	signal          text        NOT NULL DEFAULT '',
	used_wall_us    bigint,
	used_cpu_us     bigint,
	peak_memory_bytes bigint,
	created_at      timestamptz NOT NULL,
	scheduled_at    timestamptz,
	started_at      timestamptz,
	ended_at        timestamptz,
	CHECK ((ended_at IS NOT NULL) = (status IN ('completed','failed','timed_out','cancelled','error'))),
	CHECK ((node_id IS NOT NULL) OR status NOT IN ('scheduled','running'))
);
CREATE INDEX execution_queue   ON execution (priority, rank) WHERE status = 'queued';
CREATE INDEX execution_on_node ON execution (node_id) WHERE status IN ('scheduled','running');
CREATE INDEX execution_project ON execution (project_id, id DESC);
CREATE INDEX execution_owner   ON execution (owner_id, id DESC);

-- What goes in: written once, read by the node that runs it and by its owner.
CREATE TABLE execution_input (
	execution_id uuid  PRIMARY KEY REFERENCES execution (id) ON DELETE CASCADE,
	source       text  NOT NULL,
	stdin        bytea NOT NULL,
	args         text[] NOT NULL,
	env          jsonb NOT NULL,
	files        jsonb NOT NULL
);

-- What came out: written once, with the result.
CREATE TABLE execution_output (
	execution_id     uuid    PRIMARY KEY REFERENCES execution (id) ON DELETE CASCADE,
	stdout           bytea   NOT NULL,
	stderr           bytea   NOT NULL,
	layout           integer[] NOT NULL,     -- the order of both: +n bytes of stdout, -n bytes of stderr
	stdout_truncated boolean NOT NULL,
	stderr_truncated boolean NOT NULL
);

-- One row per user with work under way: what concurrency and queue limits are decided on.
CREATE TABLE execution_load (
	user_id uuid   PRIMARY KEY,
	active  integer NOT NULL CHECK (active >= 0),
	queued  integer NOT NULL CHECK (queued >= 0),
	rank    bigint NOT NULL
);
