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

	selectOne  = `SELECT ` + columns + ` FROM file WHERE id = $1 AND uploading_at IS NULL`
	lockOne    = `SELECT ` + columns + ` FROM file WHERE id = $1 AND uploading_at IS NULL FOR UPDATE`
	lockSame   = `SELECT ` + columns + ` FROM file WHERE project_id = $1 AND sha256 = $2 FOR UPDATE`
	selectPage = `
SELECT ` + columns + ` FROM file
WHERE project_id = $1 AND uploading_at IS NULL AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`
	insertOne = `
INSERT INTO file (` + columns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	touchOne  = `UPDATE file SET version = $2, uploaded_at = $3 WHERE id = $1`
	deleteOne = `DELETE FROM file WHERE id = $1`

	// What is being uploaded: a file without a hash, with the bytes that it may take.
	insertBegun = `
INSERT INTO file (id, version, organization_id, project_id, owner_id, name, size, created_at, uploaded_at, uploading_at, announced)
VALUES ($1, 0, $2, $3, $4, $5, $6, $7, $7, $7, $8)`
	insertBatch = `
WITH alive AS (
	UPDATE file SET uploading_at = $4, received = $6, hashing = $7, size = greatest(size, $6) WHERE id = $1 AND uploading_at IS NOT NULL AND turn = $5 RETURNING id
)
INSERT INTO file_piece (file_id, seq, content)
SELECT alive.id, $2::integer + of.n::integer - 1, of.content FROM alive, unnest($3::bytea[]) WITH ORDINALITY AS of (content, n)`
	finishOne = `
UPDATE file SET version = $2, size = $3, sha256 = $4, uploaded_at = $5, uploading_at = NULL, announced = NULL, hashing = NULL
WHERE id = $1 AND uploading_at IS NOT NULL AND turn = $6 RETURNING ` + columns
	dropBegun   = `DELETE FROM file WHERE id = $1 AND uploading_at IS NOT NULL AND turn = $2`
	dropForlorn = `DELETE FROM file WHERE uploading_at < CASE WHEN announced IS NULL THEN $1::timestamptz ELSE $2::timestamptz END`

	// What broke off keeps its pieces for whoever sent them, and counts with them only.
	keepBroken     = `UPDATE file SET broken = true, size = received WHERE id = $1 AND uploading_at IS NOT NULL AND turn = $2`
	selectReceived = `
SELECT coalesce(
	(SELECT size FROM file WHERE project_id = $1 AND sha256 = $3),
	(SELECT max(received) FROM file WHERE project_id = $1 AND owner_id = $2 AND announced = $3), 0)`
	lockLeft = `
SELECT id, received, hashing FROM file WHERE project_id = $1 AND owner_id = $2 AND announced = $3 ORDER BY received DESC, id LIMIT 1 FOR UPDATE`
	takeTurn = `
UPDATE file SET turn = turn + 1, broken = false, name = $2, size = $3, uploading_at = $4 WHERE id = $1 RETURNING turn`
	dropLeft = `
DELETE FROM file WHERE project_id = $1 AND owner_id = $2 AND announced = $3 AND (broken OR uploading_at < $4)`

	// Uploads to a project wait for each other, so that two of them do not exceed the project's bytes together.
	lockProject = `SELECT pg_advisory_xact_lock(hashtextextended('file:' || $1::uuid::text, 0))`
	sumProject  = `SELECT coalesce(sum(size), 0)::bigint FROM file WHERE project_id = $1 AND ($2::uuid IS NULL OR id <> $2)`

	insertPiece  = `INSERT INTO file_piece (file_id, seq, content) VALUES ($1, $2, $3)`
	selectPiece  = `SELECT content FROM file_piece WHERE file_id = $1 AND seq = $2`
	selectPieces = `SELECT content FROM file_piece WHERE file_id = $1 ORDER BY seq`

	// Up to $4 pieces from the $3rd on, each with the whole's size; a row without a piece past the end.
	selectSome = `
SELECT f.size, p.content FROM file f LEFT JOIN file_piece p ON p.file_id = f.id AND p.seq >= $3 AND p.seq < $3 + $4::integer
WHERE f.project_id = $1 AND f.sha256 = $2 ORDER BY p.seq`

	selectProjects = `
SELECT project_id, organization_id FROM file WHERE uploading_at IS NULL GROUP BY project_id, organization_id ORDER BY project_id`
	selectOld = `SELECT id FROM file WHERE project_id = $1 AND uploading_at IS NULL AND uploaded_at < $2 ORDER BY uploaded_at LIMIT $3`
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
