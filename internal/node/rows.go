package node

// Every statement of the slice. The functions that use them stand in the files of their verbs.

const (
	columns = `n.id, n.name, n.status, n.cordoned, n.drain_asked_at, n.drained_at, n.reason, n.address, n.agent_version,
	n.os, n.arch, n.cores, n.memory_bytes, n.slots_total, n.runtimes, n.enforcement, n.enrolled_at, n.version,
	coalesce(s.epoch, 0) AS epoch, coalesce(s.running, 0) AS slots_used, s.seen_at AS last_seen_at`
	fromNode = ` FROM node n LEFT JOIN node_session s ON s.node_id = n.id `

	selectNode  = `SELECT ` + columns + fromNode + `WHERE n.id = $1`
	selectNodes = `SELECT ` + columns + fromNode + `WHERE n.status <> 'retired' ORDER BY n.name`
	lockNode    = `SELECT ` + columns + fromNode + `WHERE n.id = $1 FOR UPDATE OF n`

	insertNode = `
INSERT INTO node (id, name, status, enrolled_at, version) VALUES ($1, $2, $3, $4, $5)`
	// What people want and what follows from it.
	updateNode = `
UPDATE node SET status = $3, cordoned = $4, drain_asked_at = $5, drained_at = $6, reason = $7, version = $8
WHERE id = $1 AND version = $2`
	// What the agent observed.
	updateFacts = `
UPDATE node SET address = $2, agent_version = $3, os = $4, arch = $5, cores = $6, memory_bytes = $7, slots_total = $8,
	runtimes = $9, enforcement = $10
WHERE id = $1`
	// Names that a node of this name may collide with: itself, and itself with a number.
	selectNames = `SELECT name FROM node WHERE status <> 'retired' AND (name = $1 OR starts_with(name, $1 || '-'))`

	insertEnrollment = `
INSERT INTO node_enrollment (id, token_hash, name, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)`
	lockEnrollment = `
SELECT id, name, expires_at, used_at FROM node_enrollment WHERE token_hash = $1 FOR UPDATE`
	useEnrollment = `UPDATE node_enrollment SET used_at = $2, node_id = $3 WHERE id = $1`

	// Opening a session ends the one before: whatever carries its epoch is stale from here on.
	openSession = `
INSERT INTO node_session AS s (node_id, epoch, replica, lease_until, seen_at, running)
VALUES ($1, 1, $2, clock_timestamp() + make_interval(secs => $3), clock_timestamp(), $4)
ON CONFLICT (node_id) DO UPDATE SET epoch = s.epoch + 1, replica = excluded.replica, lease_until = excluded.lease_until,
	seen_at = excluded.seen_at, running = excluded.running
RETURNING epoch`
	// All sessions of a replica at once. A lease whose grace has passed is not revived: somebody may have acted on it.
	renewSessions = `
UPDATE node_session s
SET lease_until = clock_timestamp() + make_interval(secs => $4), seen_at = clock_timestamp(), running = v.running
FROM unnest($1::uuid[], $2::bigint[], $3::int[]) AS v(node_id, epoch, running), node n
WHERE s.node_id = v.node_id AND s.epoch = v.epoch AND n.id = s.node_id AND n.status IN ('ready', 'draining')
  AND s.lease_until + make_interval(secs => $5) > clock_timestamp()
RETURNING s.node_id, s.epoch, n.cordoned, n.drain_asked_at IS NOT NULL AS draining`
	// The agent stopped and runs nothing: nobody needs to wait for lease and grace.
	endSession = `
UPDATE node_session SET lease_until = clock_timestamp() - make_interval(secs => $3) WHERE node_id = $1 AND epoch = $2`

	selectLapsed = `
SELECT s.node_id, s.epoch FROM node_session s JOIN node n ON n.id = s.node_id
WHERE n.status IN ('ready', 'draining') AND s.lease_until + make_interval(secs => $1) <= clock_timestamp()
ORDER BY s.lease_until LIMIT 100`
	stillLapsed = `
SELECT EXISTS (SELECT FROM node_session WHERE node_id = $1 AND epoch = $2 AND lease_until + make_interval(secs => $3) <= clock_timestamp())`
	// Seen a while after the drain was asked for: what was on its way then has arrived and been counted.
	selectEmptied = `
SELECT n.id FROM node n JOIN node_session s ON s.node_id = n.id
WHERE n.status = 'draining' AND n.drained_at IS NULL AND s.running = 0 AND s.seen_at > n.drain_asked_at + make_interval(secs => $1)
ORDER BY n.id LIMIT 100`
)
