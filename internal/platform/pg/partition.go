package pg

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// monthsAhead is how far partitions are made before they are needed.
const monthsAhead = 2

// monthly is a table that is partitioned by month, by a UUIDv7 or a time.
type monthly struct {
	Table    string
	Type     string   // of the key
	Fallback string   // the default partition, "" without one
	Parts    []string // the others
}

const selectMonthly = `
SELECT c.relname AS table, format_type(a.atttypid, NULL) AS type,
       coalesce((SELECT d.relname FROM pg_class d WHERE d.oid = p.partdefid), '') AS fallback,
       ARRAY(SELECT k.relname::text FROM pg_inherits i JOIN pg_class k ON k.oid = i.inhrelid
             WHERE i.inhparent = c.oid AND k.oid <> p.partdefid ORDER BY k.relname) AS parts
FROM pg_partitioned_table p
JOIN pg_class c ON c.oid = p.partrelid
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.partattrs[0]
WHERE p.partstrat = 'r' AND p.partnatts = 1 AND NOT c.relispartition AND c.relnamespace = current_schema()::regnamespace
ORDER BY c.relname`

func partition(table string, month time.Time) string { return table + month.Format("_2006_01") }

func startOfMonth(at time.Time) time.Time {
	at = at.UTC()
	return time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// boundary is the smallest key of a month, as SQL.
func (m monthly) boundary(month time.Time) (string, error) {
	switch m.Type {
	case "uuid":
		return "'" + ident.FloorAt(month).String() + "'", nil
	case "timestamp with time zone":
		return "'" + month.Format(time.RFC3339) + "'", nil
	default:
		return "", fmt.Errorf("table %s is partitioned by a %s: only uuid and timestamptz have months", m.Table, m.Type)
	}
}

// MakePartitions makes, for every table that is partitioned by month, the
// partitions of at's month and the months after it. Rows that had to go to the
// default partition meanwhile move to where they belong.
func MakePartitions(ctx context.Context, db *DB, at time.Time) error {
	tables, err := All[monthly](ctx, db, selectMonthly)
	if err != nil {
		return fmt.Errorf("list partitions: %w", err)
	}
	for _, m := range tables {
		for ahead := range monthsAhead + 1 {
			if err := m.ensure(ctx, db, startOfMonth(at).AddDate(0, ahead, 0)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m monthly) ensure(ctx context.Context, db *DB, month time.Time) error {
	for _, have := range m.Parts {
		if have == partition(m.Table, month) {
			return nil
		}
	}
	err := db.InTx(ctx, func(ctx context.Context, tx *Tx) error { return m.make(ctx, tx, month) })
	if err != nil {
		return fmt.Errorf("make partition %s: %w", partition(m.Table, month), err)
	}
	return nil
}

func (m monthly) make(ctx context.Context, tx *Tx, month time.Time) error {
	from, err := m.boundary(month)
	if err != nil {
		return err
	}
	to, err := m.boundary(month.AddDate(0, 1, 0))
	if err != nil {
		return err
	}
	names := strings.NewReplacer("{table}", quote(m.Table), "{part}", quote(partition(m.Table, month)), "{default}", quote(m.Fallback), "{from}", from, "{to}", to)
	create := names.Replace(`CREATE TABLE {part} PARTITION OF {table} FOR VALUES FROM ({from}) TO ({to})`)

	// Whoever waits for the table's lock makes everybody wait behind it: rather try again later.
	if _, err := tx.Exec(ctx, `SET LOCAL lock_timeout = '5s'`); err != nil {
		return err
	}
	// Replicas do this at the same time; the lock ends with the transaction.
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, "partition "+m.Table); err != nil {
		return err
	}
	var made, strays bool
	if err := tx.QueryRow(ctx, `SELECT to_regclass($1) IS NOT NULL`, quote(partition(m.Table, month))).Scan(&made); err != nil || made {
		return err
	}
	if m.Fallback == "" {
		_, err := tx.Exec(ctx, create)
		return err
	}
	column, err := One[string](ctx, tx, `SELECT quote_ident(a.attname) FROM pg_partitioned_table p JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0] WHERE p.partrelid = $1::regclass`, quote(m.Table))
	if err != nil {
		return err
	}
	within := strings.NewReplacer("{column}", column, "{from}", from, "{to}", to).Replace(` WHERE {column} >= {from} AND {column} < {to}`)
	// Nobody writes to the default partition between the look and the move.
	if _, err := tx.Exec(ctx, names.Replace(`LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE`)); err != nil {
		return err
	}
	if err := tx.QueryRow(ctx, names.Replace(`SELECT EXISTS (SELECT FROM {default}`)+within+`)`).Scan(&strays); err != nil {
		return err
	}
	if !strays {
		_, err := tx.Exec(ctx, create)
		return err
	}
	// Detached, the default partition is a table like any other, without the triggers of an append-only one.
	for _, sql := range []string{
		names.Replace(`ALTER TABLE {table} DETACH PARTITION {default}`),
		create,
		names.Replace(`WITH stray AS (DELETE FROM {default}`) + within + names.Replace(` RETURNING *) INSERT INTO {table} SELECT * FROM stray`),
		names.Replace(`ALTER TABLE {table} ATTACH PARTITION {default} DEFAULT`),
	} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// PartitionHealth tells how a table's partitions are.
type PartitionHealth struct {
	Table   string    `json:"table"`
	Through time.Time `json:"through" doc:"Rows have partitions of their own until then."`
	Strays  int64     `json:"strays" doc:"Rows in the default partition, counted up to 1000."`
	Problem string    `json:"problem,omitempty"`
}

// ReadPartitions looks at every table that is partitioned by month. A problem is
// no partition for the month after at's, or rows in the default partition.
func ReadPartitions(ctx context.Context, q Querier, at time.Time) ([]PartitionHealth, error) {
	tables, err := All[monthly](ctx, q, selectMonthly)
	if err != nil {
		return nil, fmt.Errorf("list partitions: %w", err)
	}
	all := make([]PartitionHealth, 0, len(tables))
	for _, m := range tables {
		h := PartitionHealth{Table: m.Table, Through: startOfMonth(at)}
		for _, have := range m.Parts {
			if have == partition(m.Table, h.Through) {
				h.Through = h.Through.AddDate(0, 1, 0)
			}
		}
		if m.Fallback != "" {
			h.Strays, err = One[int64](ctx, q, `SELECT count(*) FROM (SELECT FROM `+quote(m.Fallback)+` LIMIT 1000) s`)
			if err != nil {
				return nil, fmt.Errorf("look into default partition: %w", err)
			}
		}
		switch next := startOfMonth(at).AddDate(0, 1, 0); {
		case !h.Through.After(next):
			h.Problem = fmt.Sprintf("there is no partition for %s: its rows will lie in the default partition", h.Through.Format("2006-01"))
		case h.Strays > 0:
			h.Problem = "there are rows in the default partition, which no retention reaches"
		}
		all = append(all, h)
	}
	return all, nil
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }
