package file

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Every statement of the slice.
const (
	columns = `id, version, organization_id, project_id, owner_id, name, size, sha256, created_at, uploaded_at`

	selectOne  = `SELECT ` + columns + ` FROM file WHERE id = $1`
	lockOne    = `SELECT ` + columns + ` FROM file WHERE id = $1 FOR UPDATE`
	lockSame   = `SELECT ` + columns + ` FROM file WHERE project_id = $1 AND sha256 = $2 FOR UPDATE`
	selectPage = `
SELECT ` + columns + ` FROM file
WHERE project_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`
	insertOne = `
INSERT INTO file (` + columns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	touchOne  = `UPDATE file SET version = $2, uploaded_at = $3 WHERE id = $1`
	deleteOne = `DELETE FROM file WHERE id = $1`

	// Uploads to a project wait for each other, so that two of them do not exceed the project's bytes together.
	lockProject = `SELECT pg_advisory_xact_lock(hashtextextended('file:' || $1::uuid::text, 0))`
	sumProject  = `SELECT coalesce(sum(size), 0)::bigint FROM file WHERE project_id = $1`

	insertPiece  = `INSERT INTO file_piece (file_id, seq, content) VALUES ($1, $2, $3)`
	selectPiece  = `SELECT content FROM file_piece WHERE file_id = $1 AND seq = $2`
	selectPieces = `SELECT content FROM file_piece WHERE file_id = $1 ORDER BY seq`

	selectProjects = `
SELECT project_id, organization_id FROM file GROUP BY project_id, organization_id ORDER BY project_id`
	selectOld = `SELECT id FROM file WHERE project_id = $1 AND uploaded_at < $2 ORDER BY uploaded_at LIMIT $3`
)

func find(ctx context.Context, q pg.Querier, id ident.ID) (File, error) {
	found, err := pg.One[File](ctx, q, selectOne, id)
	if err != nil {
		return File{}, fmt.Errorf("find file: %w", command.NotFoundIfNoRows(err))
	}
	return found, nil
}

func lock(ctx context.Context, tx *command.Tx, id ident.ID) (File, error) {
	found, err := pg.One[File](ctx, tx, lockOne, id)
	if err != nil {
		return File{}, fmt.Errorf("lock file: %w", command.NotFoundIfNoRows(err))
	}
	return found, nil
}
