package executionpg

import (
	"context"
	"time"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

const (
	imageColumns = `i.id, i.runtime_id, r.file_name, i.reference, i.digest, i.insecure, i.username, i.password, i.bytes, i.command, i.compile, i.env,
	i.created_by, i.created_at, i.retired_at`

	// A new runtime, or no row at all: the commit fails on the second statement's key when the name was taken meanwhile.
	makeRuntime = `
INSERT INTO runtime (id, name, version, file_name, example, compiled, class, first_seen) VALUES ($1, $2, $3, $4, $5, $6, $8, $7)`
	insertImage = `
INSERT INTO runtime_image (runtime_id, id, reference, digest, insecure, bytes, command, compile, env, created_by, created_at, username, password, egress)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`
	lockImage    = `SELECT ` + imageColumns + ` FROM runtime_image i JOIN runtime r ON r.id = i.runtime_id WHERE i.runtime_id = $1 FOR UPDATE OF i`
	retireImage  = `UPDATE runtime_image SET retired_at = $2 WHERE runtime_id = $1 AND retired_at IS NULL`
	lockTerms    = `SELECT terms_id, terms_version, class, egress FROM runtime WHERE id = $1 FOR NO KEY UPDATE`
	saveTerms    = `UPDATE runtime SET terms_id = $2, terms_version = $3, class = $4, egress = $5 WHERE id = $1`
	runtimeIs    = `SELECT EXISTS (SELECT 1 FROM runtime WHERE id = $1)`
	wantedImages = `
SELECT ` + imageColumns + ` FROM runtime_image i JOIN runtime r ON r.id = i.runtime_id
WHERE i.retired_at IS NULL
   OR EXISTS (SELECT 1 FROM execution e WHERE e.runtime = i.runtime_id AND e.status IN ('queued', 'scheduled', 'running'))
ORDER BY i.runtime_id`
	nodeImages = `
SELECT ni.node_id, n.name AS node, i.runtime_id, ni.digest, ni.state, ni.done_bytes, ni.total_bytes, ni.reason, ni.reported_at,
       coalesce(nr.classes, '{}') AS classes, coalesce(nr.reason, '') AS class_reason
FROM node_image ni JOIN runtime_image i ON i.digest = ni.digest AND i.retired_at IS NULL JOIN node n ON n.id = ni.node_id
     LEFT JOIN node_runtime nr ON nr.node_id = ni.node_id AND nr.runtime_id = i.runtime_id
WHERE n.status <> 'retired' ORDER BY i.runtime_id, n.name`
	forgetImages = `DELETE FROM node_image WHERE node_id = $1 AND digest <> ALL ($2::text[])`
	notReady     = `DELETE FROM node_runtime WHERE node_id = $1 AND runtime_id IN (SELECT runtime_id FROM runtime_image)`
	nowReady     = `
INSERT INTO node_runtime (node_id, runtime_id, classes, reason)
SELECT $1, runtime_id, $3, $4 FROM runtime_image WHERE runtime_id = $2 ON CONFLICT DO NOTHING`
	notProcess = `
SELECT n.name || ': ' || nr.reason FROM node_runtime nr JOIN node n ON n.id = nr.node_id
WHERE nr.runtime_id = $1 AND nr.reason <> '' ORDER BY n.name LIMIT $2`
	reportImage = `
INSERT INTO node_image (node_id, digest, state, done_bytes, total_bytes, reason, reported_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (node_id, digest) DO UPDATE SET state = $3, done_bytes = $4, total_bytes = $5, reason = $6, reported_at = $7`
)

// InsertImage implements execution.Images.
func (Store) InsertImage(tx *pg.Tx, r execution.Runtime, i execution.ImageRuntime) {
	tx.Defer(makeRuntime, r.ID, r.Name, r.Version, r.FileName, r.Example, r.Compiled, i.CreatedAt, string(r.Class))
	tx.Defer(insertImage, i.RuntimeID, i.ID, i.Reference, i.Digest, i.Insecure, i.Bytes, orEmpty(i.Command), orEmpty(i.Compile),
		orEmptyMap(i.Env), i.CreatedBy, i.CreatedAt, i.Username, i.Password, orEmpty(r.Egress))
}

// LockImage implements execution.Images.
func (Store) LockImage(ctx context.Context, tx *pg.Tx, runtime string) (execution.ImageRuntime, error) {
	return pg.One[execution.ImageRuntime](ctx, tx, lockImage, runtime)
}

// LockTerms implements execution.Images.
func (Store) LockTerms(ctx context.Context, tx *pg.Tx, runtime string) (execution.RuntimeTerms, error) {
	return pg.One[execution.RuntimeTerms](ctx, tx, lockTerms, runtime)
}

// SaveTerms implements execution.Images.
func (Store) SaveTerms(tx *pg.Tx, runtime string, t execution.RuntimeTerms) {
	tx.Defer(saveTerms, runtime, t.ID, t.Version, string(t.Class), t.Egress)
}

// RetireImage implements execution.Images.
func (Store) RetireImage(tx *pg.Tx, runtime string, at time.Time) { tx.Defer(retireImage, runtime, at) }

// HasRuntime implements execution.Images.
func (Store) HasRuntime(ctx context.Context, q pg.Querier, runtime string) (bool, error) {
	return pg.One[bool](ctx, q, runtimeIs, runtime)
}

// WantedImages implements execution.Images.
func (Store) WantedImages(ctx context.Context, q pg.Querier) ([]execution.ImageRuntime, error) {
	return pg.All[execution.ImageRuntime](ctx, q, wantedImages)
}

// NodeImages implements execution.Images.
func (Store) NodeImages(ctx context.Context, q pg.Querier) ([]execution.NodeImage, error) {
	return pg.All[execution.NodeImage](ctx, q, nodeImages)
}

// ReportImages implements execution.Images.
func (Store) ReportImages(tx *pg.Tx, from ident.ID, all []node.ImageStatus, offers []execution.ImageOffer, now time.Time) {
	digests := make([]string, len(all))
	for i, s := range all {
		digests[i] = s.Digest
	}
	tx.Defer(forgetImages, from, digests)
	for _, s := range all {
		tx.Defer(reportImage, from, s.Digest, s.State, s.Done, s.Total, s.Reason, now)
	}
	tx.Defer(notReady, from)
	for _, o := range offers {
		tx.Defer(nowReady, from, o.RuntimeID, classNames(o.Classes), o.Reason)
	}
}

// NotProcess implements execution.Images.
func (Store) NotProcess(ctx context.Context, q pg.Querier, runtime string, limit int) ([]string, error) {
	return pg.All[string](ctx, q, notProcess, runtime, limit)
}
