package executionpg

import (
	"context"
	"time"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

const (
	// One look into the index for each project, however many executions it has.
	projects = `
WITH RECURSIVE place AS (
	(SELECT project_id, organization_id FROM execution ORDER BY project_id LIMIT 1)
	UNION ALL
	SELECT n.project_id, n.organization_id FROM place p CROSS JOIN LATERAL (
		SELECT project_id, organization_id FROM execution WHERE project_id > p.project_id ORDER BY project_id LIMIT 1
	) n
)
SELECT project_id, organization_id FROM place`
	// Whatever ended before a time was made before it: ids are in the order of time.
	endedBefore = `SELECT id FROM execution WHERE project_id = $1 AND created_at < $2 AND ended_at < $2 AND id < $3 ORDER BY id LIMIT $4`
)

// Projects implements execution.Store.
func (Store) Projects(ctx context.Context, q pg.Querier) ([]execution.InProject, error) {
	return pg.All[execution.InProject](ctx, q, projects)
}

// EndedBefore implements execution.Store.
func (Store) EndedBefore(ctx context.Context, q pg.Querier, project ident.ID, before time.Time, limit int) ([]ident.ID, error) {
	return pg.All[ident.ID](ctx, q, endedBefore, project, before, ident.FloorAt(before), limit)
}
