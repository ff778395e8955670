package script

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Every statement of the slice.
const (
	columns = `id, version, organization_id, project_id, owner_id, name, description, shared, latest, created_at, updated_at`

	selectOne = `SELECT ` + columns + ` FROM script WHERE id = $1 AND (shared OR owner_id = $2)`
	// One's own hides a shared one of the same name.
	selectNamed = `
SELECT ` + columns + ` FROM script WHERE project_id = $1 AND name = $2 AND (shared OR owner_id = $3)
ORDER BY owner_id = $3 DESC LIMIT 1`
	lockOne    = `SELECT ` + columns + ` FROM script WHERE id = $1 FOR UPDATE`
	selectPage = `
SELECT ` + columns + ` FROM script
WHERE project_id = $1 AND (shared OR owner_id = $2) AND ($3 = '' OR name > $3 OR name = $3 AND id > $4)
ORDER BY name, id LIMIT $5`
	// Who makes scripts in one project waits for each other, so that two do not exceed its number together.
	lockProject = `SELECT pg_advisory_xact_lock(hashtextextended('script:' || $1::uuid::text, 0))`
	countAll    = `SELECT count(*) FROM script WHERE project_id = $1`
	insertOne   = `
INSERT INTO script (` + columns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
	updateOne = `
UPDATE script SET version = $2, name = $3, description = $4, shared = $5, latest = $6, updated_at = $7 WHERE id = $1`
	deleteOne = `DELETE FROM script WHERE id = $1`

	insertVersion  = `INSERT INTO script_version (script_id, number, runtime, source, author_id, created_at) VALUES ($1, $2, $3, $4, $5, $6)`
	selectVersion  = `SELECT number, runtime, source, author_id, created_at FROM script_version WHERE script_id = $1 AND number = $2::bigint`
	selectVersions = `
SELECT number, runtime, '' AS source, author_id, created_at FROM script_version
WHERE script_id = $1 AND ($2::bigint = 0 OR number < $2) ORDER BY number DESC LIMIT $3`
)

// find reads the script that a caller means, among those that the caller sees.
func (s *Slice) find(ctx context.Context, q pg.Querier, actor command.Actor, ref Ref) (Script, int, error) {
	name, number, err := ref.parse()
	if err != nil {
		return Script{}, 0, err
	}
	var found Script
	if id, notID := ident.Parse(name); notID == nil {
		found, err = pg.One[Script](ctx, q, selectOne, id, actor.ID)
	} else {
		var scope command.Scope
		if scope, err = s.projects.ForReading(ctx, q, actor, ref.ProjectID); err != nil {
			return Script{}, 0, err
		}
		found, err = pg.One[Script](ctx, q, selectNamed, scope.Project, name, actor.ID)
	}
	if err != nil {
		return Script{}, 0, fmt.Errorf("find script: %w", command.NotFoundIfNoRows(err))
	}
	if number == 0 {
		number = found.Latest
	}
	return found, number, nil
}

func lock(ctx context.Context, tx *command.Tx, id ident.ID) (Script, error) {
	found, err := pg.One[Script](ctx, tx, lockOne, id)
	if err != nil {
		return Script{}, fmt.Errorf("lock script: %w", command.NotFoundIfNoRows(err))
	}
	return found, nil
}

func write(ctx context.Context, tx *command.Tx, sql string, args ...any) error {
	_, err := tx.Exec(ctx, sql, args...)
	if pg.IsUniqueViolation(err, "") {
		return fault.New(fault.Conflict, "script.name_taken", "There is a script of this name already. Save a new version of it, or choose another name.").
			At("body.name", "is taken")
	}
	return err
}

func scopeOf(s Script) command.Scope {
	return command.Scope{Organization: s.OrganizationID, Project: s.ProjectID, Owner: s.OwnerID}
}
