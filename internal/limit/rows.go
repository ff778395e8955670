package limit

import (
	"context"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// row is a value that a scope set.
type row struct {
	ID      ident.ID `db:"id"`
	Name    string   `db:"name"`
	Scope   Scope    `db:"scope"`
	ScopeID ident.ID `db:"scope_id"`
	// Organization is around the scope; zero for the installation and for users.
	Organization ident.ID  `db:"organization_id"`
	Number       *int64    `db:"number"`
	Word         *string   `db:"word"`
	Version      int64     `db:"version"`
	SetAt        time.Time `db:"set_at"`
}

// at is where the value is set.
func (v row) at() at { return Target{v.Scope, v.ScopeID, v.Organization}.at() }

// shown is the number or the word.
func (v row) shown() any {
	if v.Word != nil {
		return *v.Word
	}
	return v.Number
}

const (
	rowColumns   = `id, name, scope, scope_id, organization_id, number, word, version, set_at`
	selectAll    = `SELECT ` + rowColumns + ` FROM limit_value`
	selectByName = `SELECT ` + rowColumns + ` FROM limit_value WHERE name = $1 FOR UPDATE`
	// Whether the transaction that asks has changed it itself, and may yet take that back.
	selectRevision = `SELECT revision, coalesce(xmin = pg_current_xact_id_if_assigned()::xid, false) FROM limit_revision`
	countUp        = `UPDATE limit_revision SET revision = revision + 1`
	upsertRow      = `
INSERT INTO limit_value (id, name, scope, scope_id, organization_id, number, word, version, set_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (id) DO UPDATE SET number = excluded.number, word = excluded.word, version = excluded.version, set_at = excluded.set_at`
	deleteRow = `DELETE FROM limit_value WHERE id = $1`
)

// lock puts this change after every other one, and returns what is set for name.
func lock(ctx context.Context, tx *pg.Tx, name string) ([]row, error) {
	if _, err := tx.Exec(ctx, countUp); err != nil {
		return nil, fmt.Errorf("count limits' revision up: %w", err)
	}
	rows, err := pg.All[row](ctx, tx, selectByName, name)
	if err != nil {
		return nil, fmt.Errorf("read values of %s: %w", name, err)
	}
	return rows, nil
}
