package pg

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Backup writes everything that is stored, as of one moment, while the program goes
// on. It does not hold what changes afterwards, nor the keys that lie beside the
// database.
func Backup(ctx context.Context, url string, w io.Writer) (Manifest, Totals, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return Manifest{}, Totals{}, fmt.Errorf("open database: %w", err)
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe // leaves nothing in a pooled session
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return Manifest{}, Totals{}, fmt.Errorf("open database: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return Manifest{}, Totals{}, fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	manifest, totals, err := write(ctx, tx, w)
	if err != nil {
		return Manifest{}, Totals{}, fmt.Errorf("back up: %w", err)
	}
	return manifest, totals, nil
}

func write(ctx context.Context, tx pgx.Tx, w io.Writer) (Manifest, Totals, error) {
	manifest := Manifest{Format: archiveFormat}
	totals := Totals{Tables: map[string]Total{}, Sequences: map[string]int64{}}
	err := tx.QueryRow(ctx, `
SELECT now(), current_setting('server_version'), c.id::text, c.incarnation, (SELECT max(version_id) FROM goose_db_version WHERE is_applied)
FROM cluster c`).Scan(&manifest.MadeAt, &manifest.Postgres, &manifest.ClusterID, &manifest.Incarnation, &manifest.Schema)
	if err != nil {
		return manifest, totals, fmt.Errorf("read schema version: %w", err)
	}
	if manifest.Tables, err = tables(ctx, tx); err != nil {
		return manifest, totals, err
	}
	archive, err := newArchiver(w, manifest.MadeAt)
	if err != nil {
		return manifest, totals, err
	}
	if err := archive.json(manifestEntry, manifest); err != nil {
		return manifest, totals, err
	}
	for _, table := range manifest.Tables {
		rows := archive.rows(table.Name)
		tag, err := tx.Conn().PgConn().CopyTo(ctx, rows, `COPY (SELECT `+table.columns()+` FROM `+quote(table.Name)+`) TO STDOUT (FORMAT binary)`)
		if err == nil {
			err = rows.flush()
		}
		if err != nil {
			return manifest, totals, fmt.Errorf("table %s: %w", table.Name, err)
		}
		totals.Tables[table.Name] = Total{Rows: tag.RowsAffected(), SHA256: checksum(rows.sum)}
	}
	// Sequences stand outside snapshots: read last, they are beyond every row.
	if totals.Sequences, err = sequences(ctx, tx); err != nil {
		return manifest, totals, err
	}
	if err := archive.json(totalsEntry, totals); err != nil {
		return manifest, totals, err
	}
	return manifest, totals, archive.Close()
}

// Ours are all tables but the migrations' own; a partition is part of its table.
const selectTables = `
SELECT c.relname AS name,
       ARRAY(SELECT a.attname::text FROM pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum) AS columns,
       ARRAY(SELECT DISTINCT f.relname::text FROM pg_constraint k JOIN pg_class f ON f.oid = k.confrelid
             WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.confrelid <> c.oid AND k.conparentid = 0) AS needs,
       ARRAY(SELECT right(p.relname, 7) FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhrelid
             WHERE i.inhparent = c.oid AND p.relname ~ '_\d{4}_\d\d$' ORDER BY 1) AS months
FROM pg_class c
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = current_schema()::regnamespace AND c.relname NOT LIKE 'goose\_%'
ORDER BY c.relname`

// tables lists ours, each after those that it refers to.
func tables(ctx context.Context, q Querier) ([]Table, error) {
	type row struct {
		Name                   string
		Columns, Needs, Months []string
	}
	left, err := All[row](ctx, q, selectTables)
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	var sorted []Table
	for len(left) > 0 {
		waits := func(r row) bool {
			return slices.ContainsFunc(r.Needs, func(need string) bool {
				return slices.ContainsFunc(left, func(other row) bool { return other.Name == need })
			})
		}
		i := slices.IndexFunc(left, func(r row) bool { return !waits(r) })
		if i < 0 {
			return nil, fmt.Errorf("list tables: %s and others refer to each other in a circle, so no order can restore them", left[0].Name)
		}
		sorted = append(sorted, Table{Name: left[i].Name, Columns: left[i].Columns, Months: left[i].Months})
		left = slices.Delete(left, i, i+1)
	}
	return sorted, nil
}

func sequences(ctx context.Context, q Querier) (map[string]int64, error) {
	rows, err := All[struct {
		Name string
		Last int64
	}](ctx, q, `
SELECT sequencename::text AS name, last_value AS last FROM pg_sequences
WHERE schemaname = current_schema() AND last_value IS NOT NULL AND sequencename NOT LIKE 'goose\_%'`)
	if err != nil {
		return nil, fmt.Errorf("read sequences: %w", err)
	}
	last := map[string]int64{}
	for _, r := range rows {
		last[r.Name] = r.Last
	}
	return last, nil
}

// columns is the list of them as SQL.
func (t Table) columns() string {
	quoted := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		quoted[i] = quote(c)
	}
	return strings.Join(quoted, ", ")
}
