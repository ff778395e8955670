package executionpg

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

const (
	getOne   = `SELECT ` + columns + ` FROM execution WHERE id = $1`
	getInput = `SELECT source, stdin, args, env, files, artefacts FROM execution_input WHERE execution_id = $1`
	fetches  = `
SELECT e.project_id FROM execution e JOIN execution_input i ON i.execution_id = e.id
WHERE e.id = $1 AND e.attempt = $2 AND e.node_id = $3 AND e.status IN ('scheduled', 'running') AND $4 = ANY(i.fetched)`
	getOutput = `SELECT stdout, stderr, layout, stdout_truncated, stderr_truncated FROM execution_output WHERE execution_id = $1`
	getEnded  = `
SELECT ` + columns + `, o.stdout, o.stderr, o.layout, o.stdout_truncated, o.stderr_truncated
FROM execution e LEFT JOIN execution_output o ON o.execution_id = e.id
WHERE e.id = $1`
	list = `
SELECT ` + columns + ` FROM execution
WHERE project_id = $1
  AND ($2::uuid IS NULL OR owner_id = $2)
  AND (cardinality($3::text[]) = 0 OR status = ANY($3))
  AND ($4 = '' OR runtime = $4 OR starts_with(runtime, $4 || '@') OR starts_with(runtime, $4 || '.'))
  AND ($5::uuid IS NULL OR id < $5)
  AND ($7::uuid IS NULL OR script_id = $7 AND ($8::integer = 0 OR script_version = $8))
  AND ($9::integer IS NULL OR priority = $9)
  AND ($10::uuid IS NULL OR id >= $10)
ORDER BY id DESC LIMIT $6`
	// Each half has an index of its own: together they would read every execution that ever was.
	queueStats = `
SELECT true AS waiting, priority, count(*) AS n, min(created_at) AS oldest FROM execution WHERE status = 'queued' GROUP BY priority
UNION ALL
SELECT false, priority, count(*), min(created_at) FROM execution WHERE status IN ('scheduled', 'running') GROUP BY priority`
	claimable = `
SELECT e.id, e.owner_id, e.project_id, e.organization_id, l.active FROM execution e
JOIN execution_load l ON l.user_id = e.owner_id
WHERE e.status = 'queued' AND (e.runtime, e.class) IN (SELECT * FROM unnest($1::text[], $2::text[])) AND l.active < $3
  AND NOT EXISTS (SELECT FROM unnest($5::uuid[], $6::uuid[]) b (owner_id, project_id) WHERE b.owner_id = e.owner_id AND b.project_id = e.project_id)
ORDER BY e.priority, e.rank, e.id LIMIT $4`
	onNode = `SELECT ` + columns + ` FROM execution WHERE node_id = $1 AND status IN ('scheduled', 'running')`
	stale  = `SELECT id FROM execution WHERE status = 'queued' AND created_at < $1 ORDER BY id LIMIT $2`

	overdue = `
SELECT id, attempt FROM execution
WHERE status IN ('scheduled', 'running')
  AND coalesce(started_at, scheduled_at) + make_interval(secs => wall_ms / 1000.0) < $1
LIMIT $2`

	// The lease's time is the database's clock. node_session belongs to the node slice; it is only read here.
	lost = `
SELECT e.id, e.attempt FROM execution e
LEFT JOIN node_session s ON s.node_id = e.node_id
WHERE e.status IN ('scheduled', 'running')
  AND coalesce(s.lease_until, e.scheduled_at) < now() - make_interval(secs => $1)
LIMIT $2`

	runtimes = `
SELECT r.id, r.name, r.version, r.file_name, r.example, r.compiled,
       (SELECT coalesce(array_agg(DISTINCT c), CASE WHEN i.digest IS NULL THEN '{}' ELSE '{fresh}'::text[] END)
        FROM node_runtime nr, unnest(nr.classes) c WHERE nr.runtime_id = r.id) AS classes,
       (SELECT coalesce(array_agg(DISTINCT c), '{}')
        FROM node_runtime nr JOIN node_session s ON s.node_id = nr.node_id JOIN node n ON n.id = nr.node_id, unnest(nr.classes) c
        WHERE nr.runtime_id = r.id AND s.lease_until > now() AND NOT n.cordoned) AS ready_classes,
       (SELECT count(*) FROM node_runtime nr JOIN node_session s ON s.node_id = nr.node_id JOIN node n ON n.id = nr.node_id
        WHERE nr.runtime_id = r.id AND s.lease_until > now() AND NOT n.cordoned) AS nodes,
       coalesce(i.reference, '') AS image, coalesce(i.digest, '') AS digest, coalesce(r.egress, i.egress, '{}') AS egress, r.class, at.pulling, at.failing
FROM runtime r LEFT JOIN runtime_image i ON i.runtime_id = r.id,
LATERAL (SELECT count(*) FILTER (WHERE ni.state IN ('waiting', 'pulling')) AS pulling, count(*) FILTER (WHERE ni.state = 'failed') AS failing
         FROM node_image ni JOIN node_session s ON s.node_id = ni.node_id WHERE ni.digest = i.digest AND s.lease_until > now()) at
WHERE i.retired_at IS NULL AND (i.runtime_id IS NOT NULL OR EXISTS (SELECT 1 FROM node_runtime nr WHERE nr.runtime_id = r.id))`
	insertRuntime = `
INSERT INTO runtime (id, name, version, file_name, example, compiled, class, first_seen)
VALUES ($1, $2, $3, $4, $5, $6, '', $7) ON CONFLICT (id) DO NOTHING`
	forgetRuntimes = `DELETE FROM node_runtime WHERE node_id = $1`
	// The name may be an image's: then what the node has installed under it is not meant.
	hasRuntime = `
INSERT INTO node_runtime (node_id, runtime_id, classes)
SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT 1 FROM runtime_image WHERE runtime_id = $2) ON CONFLICT DO NOTHING`
)

// Get implements execution.Store.
func (Store) Get(ctx context.Context, q pg.Querier, id ident.ID) (execution.Execution, error) {
	return pg.One[execution.Execution](ctx, q, getOne, id)
}

// Input implements execution.Store.
func (Store) Input(ctx context.Context, q pg.Querier, id ident.ID) (execution.Input, error) {
	return pg.One[execution.Input](ctx, q, getInput, id)
}

// Fetches implements execution.Store.
func (Store) Fetches(ctx context.Context, q pg.Querier, node ident.ID, a execution.Attempt, sha256 []byte) (ident.ID, error) {
	return pg.One[ident.ID](ctx, q, fetches, a.ID, a.Attempt, node, sha256)
}

// Output implements execution.Store.
func (Store) Output(ctx context.Context, q pg.Querier, id ident.ID) (execution.Output, error) {
	return pg.One[execution.Output](ctx, q, getOutput, id)
}

type ended struct {
	execution.Execution
	Stdout          []byte  `db:"stdout"`
	Stderr          []byte  `db:"stderr"`
	Layout          []int32 `db:"layout"`
	StdoutTruncated *bool   `db:"stdout_truncated"`
	StderrTruncated *bool   `db:"stderr_truncated"`
}

// GetEnded implements execution.Store.
func (Store) GetEnded(ctx context.Context, q pg.Querier, id ident.ID) (execution.Execution, *execution.Output, error) {
	row, err := pg.One[ended](ctx, q, getEnded, id)
	if err != nil || row.StdoutTruncated == nil {
		return row.Execution, nil, err
	}
	return row.Execution, &execution.Output{
		Stdout: row.Stdout, Stderr: row.Stderr, Layout: row.Layout, StdoutTruncated: *row.StdoutTruncated, StderrTruncated: *row.StderrTruncated,
	}, nil
}

// List implements execution.Store.
func (Store) List(ctx context.Context, q pg.Querier, f execution.Filter) ([]execution.Execution, error) {
	statuses := make([]string, len(f.Statuses))
	for i, s := range f.Statuses {
		statuses[i] = string(s)
	}
	switch {
	case !f.Project.IsZero():
		return pg.All[execution.Execution](ctx, q, list, f.Project, f.Owner, statuses, f.Runtime, f.Before, f.Limit, f.Script, f.Version, number(f.Priority), f.Since)
	case !f.Organization.IsZero():
		return pg.All[execution.Execution](ctx, q, listOrganization, f.Organization, f.Owner, statuses, f.Runtime, f.Before, f.Limit, number(f.Priority), f.Since)
	default:
		return pg.All[execution.Execution](ctx, q, listEverywhere, f.Owner, statuses, f.Runtime, f.Before, f.Limit, number(f.Priority), f.Since)
	}
}

// QueueStats implements execution.Store.
func (Store) QueueStats(ctx context.Context, q pg.Querier) (execution.QueueStats, error) {
	stats := execution.QueueStats{ByPriority: map[execution.Priority]int{}}
	type row struct {
		Waiting  bool      `db:"waiting"`
		Priority int       `db:"priority"`
		N        int       `db:"n"`
		Oldest   time.Time `db:"oldest"`
	}
	rows, err := pg.All[row](ctx, q, queueStats)
	if err != nil {
		return stats, fmt.Errorf("read queue: %w", err)
	}
	for _, r := range rows {
		if !r.Waiting {
			stats.Active += r.N
			continue
		}
		stats.Queued += r.N
		stats.ByPriority[execution.Priority(r.Priority)] = r.N
		if stats.Oldest == nil || r.Oldest.Before(*stats.Oldest) {
			stats.Oldest = &r.Oldest
		}
	}
	return stats, nil
}

// Claimable implements execution.Store.
func (Store) Claimable(ctx context.Context, q pg.Querier, offers []execution.Offer, concurrent, limit int, without []execution.OwnerIn) ([]execution.Claimable, error) {
	runtimes, classes := make([]string, len(offers)), make([]string, len(offers))
	for i, o := range offers {
		runtimes[i], classes[i] = o.Runtime, string(o.Class)
	}
	owners, projects := make([]ident.ID, len(without)), make([]ident.ID, len(without))
	for i, b := range without {
		owners[i], projects[i] = b.OwnerID, b.ProjectID
	}
	return pg.All[execution.Claimable](ctx, q, claimable, runtimes, classes, concurrent, limit, owners, projects)
}

// OnNode implements execution.Store.
func (Store) OnNode(ctx context.Context, q pg.Querier, node ident.ID) ([]execution.Execution, error) {
	return pg.All[execution.Execution](ctx, q, onNode, node)
}

// Stale implements execution.Store.
func (Store) Stale(ctx context.Context, q pg.Querier, before time.Time, limit int) ([]ident.ID, error) {
	return pg.All[ident.ID](ctx, q, stale, before, limit)
}

// Overdue implements execution.Store.
func (Store) Overdue(ctx context.Context, q pg.Querier, now time.Time, margin time.Duration, limit int) ([]execution.Attempt, error) {
	return pg.All[execution.Attempt](ctx, q, overdue, now.Add(-margin), limit)
}

// Lost implements execution.Store.
func (Store) Lost(ctx context.Context, q pg.Querier, grace time.Duration, limit int) ([]execution.Attempt, error) {
	return pg.All[execution.Attempt](ctx, q, lost, grace.Seconds(), limit)
}

// Runtimes implements execution.Store.
func (Store) Runtimes(ctx context.Context, q pg.Querier) ([]execution.Runtime, error) {
	return pg.All[execution.Runtime](ctx, q, runtimes)
}

// ReplaceRuntimes implements execution.Store. A runtime's row is written once and
// never changed; only who has it changes.
func (Store) ReplaceRuntimes(_ context.Context, tx *pg.Tx, node ident.ID, offered []execution.Runtime, now time.Time) error {
	if node.IsZero() {
		return errors.New("runtimes offered by nobody")
	}
	tx.Defer(forgetRuntimes, node)
	for _, r := range offered {
		tx.Defer(insertRuntime, r.ID, r.Name, r.Version, r.FileName, r.Example, r.Compiled, now)
		tx.Defer(hasRuntime, node, r.ID, classNames(r.Classes))
	}
	return nil
}

func classNames(classes []execution.Class) []string {
	names := make([]string, len(classes))
	for i, c := range classes {
		names[i] = string(c)
	}
	return names
}
