package executionpg

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// What people see who look over several projects.
const (
	// An organization's newest are the newest of each of its projects, which have an index:
	// so that a small organization's page costs little in a large installation. project
	// belongs to tenancy; it is only read here.
	listOrganization = `
SELECT e.* FROM project p CROSS JOIN LATERAL (
	SELECT ` + columns + ` FROM execution
	WHERE project_id = p.id
	  AND ($2::uuid IS NULL OR owner_id = $2)
	  AND (cardinality($3::text[]) = 0 OR status = ANY($3))
	  AND ($4 = '' OR runtime = $4 OR starts_with(runtime, $4 || '@') OR starts_with(runtime, $4 || '.'))
	  AND ($5::uuid IS NULL OR id < $5)
	  AND ($7::integer IS NULL OR priority = $7)
	  AND ($8::uuid IS NULL OR id >= $8)
	ORDER BY id DESC LIMIT $6) e
WHERE p.organization_id = $1
ORDER BY e.id DESC LIMIT $6`
	listEverywhere = `
SELECT ` + columns + ` FROM execution
WHERE ($1::uuid IS NULL OR owner_id = $1)
  AND (cardinality($2::text[]) = 0 OR status = ANY($2))
  AND ($3 = '' OR runtime = $3 OR starts_with(runtime, $3 || '@') OR starts_with(runtime, $3 || '.'))
  AND ($4::uuid IS NULL OR id < $4)
  AND ($6::integer IS NULL OR priority = $6)
  AND ($7::uuid IS NULL OR id >= $7)
ORDER BY id DESC LIMIT $5`
	// The partial index of what is on nodes holds all of it, and is as small as the nodes are.
	activeIn = `
SELECT count(*) FROM execution WHERE status IN ('scheduled', 'running') AND (project_id = $1 OR organization_id = $1)`
	lockShare = `SELECT 1 FROM pg_advisory_xact_lock(hashtextextended('execution.share/' || $1::uuid::text, 0))`
	position  = `
SELECT (SELECT count(*) FROM execution WHERE status = 'queued' AND (priority, rank, id) <= ($1, $2, $3)) AS position,
       coalesce((SELECT active FROM execution_load WHERE user_id = $4), 0) AS active`
	// After the owner's own at this priority; else first of all there, where one is that just came.
	rank = `
SELECT coalesce(greatest(max(rank) FILTER (WHERE owner_id = $2) + 1, min(rank)), $3)
FROM execution WHERE status = 'queued' AND priority = $1`
	waiting = `
SELECT q.*, coalesce(l.active, 0) AS active FROM (
	SELECT ` + columns + `, row_number() OVER (ORDER BY priority, rank, id) AS position FROM execution WHERE status = 'queued') q
LEFT JOIN execution_load l ON l.user_id = q.owner_id
WHERE ($1::uuid IS NULL OR q.organization_id = $1)
  AND ($2::uuid IS NULL OR q.project_id = $2)
  AND ($3::uuid IS NULL OR q.owner_id = $3)
  AND ($4::integer IS NULL OR q.priority = $4)
  AND ($7::uuid IS NULL OR (q.priority, q.rank, q.id) > ($5::integer, $6::bigint, $7))
ORDER BY q.position LIMIT $8`
	waitingCounts = `
SELECT owner_id, priority, count(*) AS queued, min(created_at) AS oldest FROM execution
WHERE status = 'queued'
  AND ($1::uuid IS NULL OR organization_id = $1)
  AND ($2::uuid IS NULL OR project_id = $2)
  AND ($3::uuid IS NULL OR owner_id = $3)
  AND ($4::integer IS NULL OR priority = $4)
GROUP BY 1, 2`
)

// ActiveIn implements execution.Store.
func (Store) ActiveIn(ctx context.Context, q pg.Querier, place ident.ID) (int, error) {
	return pg.One[int](ctx, q, activeIn, place)
}

// LockShare implements execution.Store.
func (Store) LockShare(ctx context.Context, q pg.Querier, place ident.ID) error {
	_, err := pg.One[int](ctx, q, lockShare, place)
	return err
}

// Position implements execution.Store: 1 is next.
func (Store) Position(ctx context.Context, q pg.Querier, e execution.Execution) (at, active int, err error) {
	err = q.QueryRow(ctx, position, int(e.Priority), e.Rank, e.ID, e.OwnerID).Scan(&at, &active)
	return at, active, err
}

// Rank implements execution.Store.
func (Store) Rank(ctx context.Context, q pg.Querier, e execution.Execution, p execution.Priority) (int64, error) {
	return pg.One[int64](ctx, q, rank, int(p), e.OwnerID, e.Rank)
}

type entry struct {
	execution.Execution
	Position int `db:"position"`
	Active   int `db:"active"`
}

// Waiting implements execution.Store.
func (Store) Waiting(ctx context.Context, q pg.Querier, in execution.Waiting) ([]execution.Entry, error) {
	rows, err := pg.All[entry](ctx, q, waiting, in.OrganizationID, in.ProjectID, in.OwnerID, number(in.Priority),
		int(in.After.Priority), in.After.Rank, in.After.ID, in.Limit)
	all := make([]execution.Entry, len(rows))
	for i, r := range rows {
		all[i] = execution.Entry{Execution: r.Execution, Position: r.Position, Active: r.Active}
	}
	return all, err
}

// WaitingCounts implements execution.Store.
func (Store) WaitingCounts(ctx context.Context, q pg.Querier, in execution.Waiting) ([]execution.WaitingCount, error) {
	return pg.All[execution.WaitingCount](ctx, q, waitingCounts, in.OrganizationID, in.ProjectID, in.OwnerID, number(in.Priority))
}

// number is a priority as the table has it; nil stays nil.
func number(p *execution.Priority) *int {
	if p == nil {
		return nil
	}
	return new(int(*p))
}
