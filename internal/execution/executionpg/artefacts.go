package executionpg

import (
	"context"
	"slices"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

const (
	insertArtefact = `
INSERT INTO execution_artefact (execution_id, n, path, size, sha256, omitted) VALUES ($1, $2, $3, $4, $5, $6)`
	insertArtefactChunk = `
INSERT INTO execution_artefact_chunk (execution_id, n, seq, content) VALUES ($1, $2, $3, $4)`
	artefacts     = `SELECT n, path, size, sha256, omitted FROM execution_artefact WHERE execution_id = $1 ORDER BY n`
	artefactChunk = `SELECT content FROM execution_artefact_chunk WHERE execution_id = $1 AND n = $2 AND seq = $3`
)

// SaveArtefacts implements execution.Store.
func (Store) SaveArtefacts(tx *pg.Tx, id ident.ID, all []execution.Artefact) {
	for _, a := range all {
		tx.Defer(insertArtefact, id, a.N, a.Path, a.Size, notNil(a.SHA256), a.Omitted)
		seq := 0
		for piece := range slices.Chunk(a.Content, execution.ArtefactPiece) {
			tx.Defer(insertArtefactChunk, id, a.N, seq, piece)
			seq++
		}
	}
}

// Artefacts implements execution.Store.
func (Store) Artefacts(ctx context.Context, q pg.Querier, id ident.ID) ([]execution.Artefact, error) {
	return pg.All[execution.Artefact](ctx, q, artefacts, id)
}

// ArtefactChunk implements execution.Store.
func (Store) ArtefactChunk(ctx context.Context, q pg.Querier, id ident.ID, n, seq int) ([]byte, error) {
	pieces, err := pg.All[[]byte](ctx, q, artefactChunk, id, n, seq)
	if err != nil || len(pieces) == 0 {
		return nil, err
	}
	return pieces[0], nil
}
