package pg

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

// Restore puts a backup into an empty database, whole or not at all, and brings it
// to this program's schema. It refuses (Conflict) a database that holds anything and
// a backup of a newer schema, and (Invalid) a backup that is damaged. The cluster's
// incarnation rises, so that agents hold what runs until somebody has looked.
func Restore(ctx context.Context, url string, r io.Reader) (Manifest, Totals, error) {
	manifest, totals, err := restore(ctx, url, r)
	if err != nil {
		return Manifest{}, Totals{}, fmt.Errorf("restore: %w", err)
	}
	return manifest, totals, nil
}

func restore(ctx context.Context, url string, r io.Reader) (manifest Manifest, totals Totals, err error) {
	archive, err := newDearchiver(r)
	if err != nil {
		return manifest, totals, err
	}
	defer archive.Close()
	if err := archive.json(manifestEntry, &manifest); err != nil {
		return manifest, totals, err
	}
	newest, err := SchemaVersion()
	if err != nil {
		return manifest, totals, err
	}
	if manifest.Format != archiveFormat || manifest.Schema > newest {
		return manifest, totals, fault.New(fault.Conflict, "backup.newer",
			"The backup was made by a newer Stoa (format %d, schema %d); this one reads format %d and schemas up to %d. Restore it with a program at least as new.",
			manifest.Format, manifest.Schema, archiveFormat, newest)
	}
	db, err := Open(ctx, Config{URL: url, MaxConns: 1, PgBouncer: true})
	if err != nil {
		return manifest, totals, err
	}
	defer db.Close()
	if err := makeRoom(ctx, db); err != nil {
		return manifest, totals, err
	}
	// The rows fit the schema that they were taken from; later migrations then change both.
	if err := migrateTo(ctx, url, manifest.Schema); err != nil {
		return manifest, totals, err
	}
	err = db.InTx(ctx, func(ctx context.Context, tx *Tx) error { return fill(ctx, tx, archive, manifest, &totals) })
	if err != nil {
		return manifest, totals, err
	}
	return manifest, totals, Migrate(ctx, url)
}

// makeRoom leaves a database without a schema, if nothing is lost by that.
func makeRoom(ctx context.Context, db *DB) error {
	all, err := tables(ctx, db)
	if err != nil {
		return err
	}
	for _, table := range all {
		condition := table.seedless()
		if condition == "false" {
			continue
		}
		full, err := One[bool](ctx, db, `SELECT EXISTS (SELECT FROM `+quote(table.Name)+` WHERE `+condition+`)`)
		if err != nil {
			return fmt.Errorf("look into table %s: %w", table.Name, err)
		}
		if full {
			return fault.New(fault.Conflict, "restore.not_empty",
				"The database is not empty: there are rows in %s. Restore into a new data folder, or a new database. Nothing was touched.", table.Name)
		}
	}
	if len(all) == 0 {
		return nil
	}
	schema, err := One[string](ctx, db, `SELECT quote_ident(current_schema())`)
	if err != nil {
		return fmt.Errorf("look for the schema: %w", err)
	}
	return db.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		for _, sql := range []string{`DROP SCHEMA ` + schema + ` CASCADE`, `CREATE SCHEMA ` + schema} {
			if _, err := tx.Exec(ctx, sql); err != nil {
				return fmt.Errorf("make room: %w", err)
			}
		}
		return nil
	})
}

// seeded tells whether migrations put rows in.
func (t Table) seeded() bool { return t.seedless() != "true" }

// seedless is the condition of rows that migrations did not put in: none where the
// table's one row is theirs (a column “singleton”), the unmarked ones where some are
// (a column “seeded”).
func (t Table) seedless() string {
	switch {
	case slices.Contains(t.Columns, "singleton"):
		return "false"
	case slices.Contains(t.Columns, "seeded"):
		return "NOT seeded"
	default:
		return "true"
	}
}

func fill(ctx context.Context, tx *Tx, archive *dearchiver, manifest Manifest, totals *Totals) error {
	// A statement before COPY, which does not pass through tx and so cannot carry BEGIN.
	if _, err := tx.Exec(ctx, `SET LOCAL lock_timeout = '5s'`); err != nil {
		return err
	}
	read := map[string]Total{}
	for _, table := range manifest.Tables {
		total, err := table.fill(ctx, tx, archive)
		if err != nil {
			return fmt.Errorf("table %s: %w", table.Name, err)
		}
		read[table.Name] = total
	}
	if err := archive.json(totalsEntry, totals); err != nil {
		return err
	}
	for name, got := range read {
		if want := totals.Tables[name]; got != want {
			return damaged(fmt.Errorf("table %s: %d rows with checksum %s, want %d with %s", name, got.Rows, got.SHA256, want.Rows, want.SHA256))
		}
	}
	for name, last := range totals.Sequences {
		if _, err := tx.Exec(ctx, `SELECT setval($1::regclass, $2)`, quote(name), last); err != nil {
			return fmt.Errorf("sequence %s: %w", name, err)
		}
	}
	// By the clock, so that two restores of one backup differ.
	_, err := tx.Exec(ctx, `UPDATE cluster SET incarnation = greatest(incarnation + 1, extract(epoch FROM now())::bigint)`)
	return err
}

func (t Table) fill(ctx context.Context, tx *Tx, archive *dearchiver) (Total, error) {
	if t.seeded() {
		if _, err := tx.Exec(ctx, `DELETE FROM `+quote(t.Name)); err != nil {
			return Total{}, err
		}
	}
	for _, text := range t.Months {
		month, err := time.Parse("2006_01", text)
		if err != nil {
			return Total{}, damaged(err)
		}
		m := monthly{Table: t.Name}
		err = tx.QueryRow(ctx, `SELECT type, fallback FROM (`+selectMonthly+`) m WHERE m."table" = $1`, t.Name).Scan(&m.Type, &m.Fallback)
		if err != nil {
			return Total{}, fmt.Errorf("look for its partitions: %w", err)
		}
		if err := m.make(ctx, tx, month); err != nil {
			return Total{}, err
		}
	}
	rows := archive.rows(t.Name)
	tag, err := tx.conn.PgConn().CopyFrom(ctx, rows, `COPY `+quote(t.Name)+` (`+t.columns()+`) FROM STDIN (FORMAT binary)`)
	if rows.err != nil {
		return Total{}, rows.err
	}
	if err != nil {
		return Total{}, err
	}
	// What COPY did not read belongs to nothing, but the checksum covers it.
	if _, err := io.Copy(io.Discard, rows); err != nil {
		return Total{}, err
	}
	return Total{Rows: tag.RowsAffected(), SHA256: checksum(rows.sum)}, nil
}
