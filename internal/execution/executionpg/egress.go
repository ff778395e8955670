package executionpg

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

const (
	getEgress = `
SELECT allow, private, revision, applied, connections, bytes_out, bytes_in, refused, refused_more FROM execution_egress WHERE execution_id = $1`
	saveEgress = `
INSERT INTO execution_egress (execution_id, allow, private, revision) VALUES ($1, $2, $3, $4)
ON CONFLICT (execution_id) DO UPDATE SET allow = excluded.allow, private = excluded.private, revision = excluded.revision`
	saveEgressReport = `
UPDATE execution_egress SET applied = $2, connections = $3, bytes_out = $4, bytes_in = $5, refused = $6, refused_more = $7 WHERE execution_id = $1`
)

// Egress implements execution.Store.
func (Store) Egress(ctx context.Context, q pg.Querier, id ident.ID) (execution.Egress, error) {
	return pg.One[execution.Egress](ctx, q, getEgress, id)
}

// SaveEgress implements execution.Store.
func (Store) SaveEgress(tx *pg.Tx, id ident.ID, e execution.Egress) {
	tx.Defer(saveEgress, id, orEmpty(e.Allow), e.Private, e.Revision)
}

// SaveEgressReport implements execution.Store.
func (Store) SaveEgressReport(tx *pg.Tx, id ident.ID, r node.EgressReport) {
	tx.Defer(saveEgressReport, id, r.Revision, r.Connections, r.BytesOut, r.BytesIn, orEmpty(r.Refused), r.RefusedMore)
}
