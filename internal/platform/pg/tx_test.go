package pg_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
)

func TestInTxCommitsWhatWasDeferred(t *testing.T) {
	db := pgtest.Clone(t)
	ctx := t.Context()
	if _, err := db.Exec(ctx, `CREATE TABLE deferred (n int PRIMARY KEY)`); err != nil {
		t.Fatal(err)
	}
	ran := false
	err := db.InTx(ctx, func(ctx context.Context, tx *pg.Tx) error {
		tx.Defer(`INSERT INTO deferred VALUES ($1)`, 1)
		tx.AfterCommit(func() { ran = true })
		if n, err := pg.One[int](ctx, tx, `SELECT count(*) FROM deferred`); err != nil || n != 0 {
			t.Errorf("deferred rows are visible before the commit: %d, %v", n, err)
		}
		return nil
	})
	if err != nil || !ran {
		t.Fatalf("commit: %v, after-commit ran: %v", err, ran)
	}
	if n, err := pg.One[int](ctx, db, `SELECT count(*) FROM deferred`); err != nil || n != 1 {
		t.Fatalf("got %d rows, %v", n, err)
	}
}

func TestInTxRollsBack(t *testing.T) {
	db := pgtest.Clone(t)
	ctx := t.Context()
	if _, err := db.Exec(ctx, `CREATE TABLE rolled (n int PRIMARY KEY)`); err != nil {
		t.Fatal(err)
	}
	boom := errors.New("boom")
	for name, f := range map[string]func(context.Context, *pg.Tx) error{
		"handler fails": func(ctx context.Context, tx *pg.Tx) error {
			if _, err := tx.Exec(ctx, `INSERT INTO rolled VALUES (1)`); err != nil {
				return err
			}
			return boom
		},
		"deferred statement fails": func(_ context.Context, tx *pg.Tx) error {
			tx.Defer(`INSERT INTO rolled VALUES (2)`)
			tx.Defer(`INSERT INTO rolled VALUES (2)`)
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := db.InTx(ctx, func(ctx context.Context, tx *pg.Tx) error {
				tx.AfterCommit(func() { t.Error("after-commit ran without a commit") })
				return f(ctx, tx)
			})
			if err == nil {
				t.Fatal("no error")
			}
			if n, err := pg.One[int](ctx, db, `SELECT count(*) FROM rolled`); err != nil || n != 0 {
				t.Fatalf("got %d rows, %v", n, err)
			}
		})
	}
}

// BEGIN travels with the first statement, whatever that is.
func TestInTxBeginsWithAnyStatement(t *testing.T) {
	db := pgtest.Clone(t)
	if _, err := db.Exec(t.Context(), `CREATE TABLE first (n int PRIMARY KEY)`); err != nil {
		t.Fatal(err)
	}
	const insert = `INSERT INTO first VALUES ($1) RETURNING n`
	firsts := map[string]func(context.Context, *pg.Tx, int) error{
		"exec": func(ctx context.Context, tx *pg.Tx, n int) error {
			tag, err := tx.Exec(ctx, insert, n)
			if err == nil && tag.RowsAffected() != 1 {
				t.Errorf("exec: %s", tag)
			}
			return err
		},
		"query": func(ctx context.Context, tx *pg.Tx, n int) error {
			got, err := pg.All[int](ctx, tx, insert, n)
			if err == nil && (len(got) != 1 || got[0] != n) {
				t.Errorf("query: %d", got)
			}
			return err
		},
		"row": func(ctx context.Context, tx *pg.Tx, n int) error { return tx.QueryRow(ctx, insert, n).Scan(&n) },
		"rows read to the end": func(ctx context.Context, tx *pg.Tx, n int) error {
			rows, err := tx.Query(ctx, insert, n)
			if err != nil {
				return err
			}
			for rows.Next() {
			}
			return rows.Err()
		},
		"batch": func(ctx context.Context, tx *pg.Tx, n int) error {
			var b pgx.Batch
			b.Queue(insert, n)
			b.Queue(`SELECT 1`)
			return tx.SendBatch(ctx, &b).Close()
		},
	}
	refused := errors.New("refused")
	for name, first := range firsts {
		t.Run(name, func(t *testing.T) {
			for n, end := range []error{refused, nil} {
				err := db.InTx(t.Context(), func(ctx context.Context, tx *pg.Tx) error {
					if err := first(ctx, tx, n); err != nil {
						return err
					}
					if seen, err := pg.One[int](ctx, tx, `SELECT count(*) FROM first`); err != nil || seen != 1 {
						t.Errorf("the transaction sees %d rows, %v", seen, err)
					}
					return end
				})
				if !errors.Is(err, end) {
					t.Fatal(err)
				}
			}
			// The first was rolled back, the second committed, the third is refused.
			err := db.InTx(t.Context(), func(ctx context.Context, tx *pg.Tx) error { return first(ctx, tx, 1) })
			if !pg.IsUniqueViolation(err, "first_pkey") {
				t.Errorf("got %v", err)
			}
			if got, err := pg.All[int](t.Context(), db, `DELETE FROM first RETURNING n`); err != nil || len(got) != 1 || got[0] != 1 {
				t.Errorf("stored %d, %v", got, err)
			}
		})
	}
}

func TestInTxWithoutAStatement(t *testing.T) {
	ran := false
	err := pgtest.Open(t).InTx(t.Context(), func(_ context.Context, tx *pg.Tx) error {
		tx.AfterCommit(func() { ran = true })
		return nil
	})
	if err != nil || !ran {
		t.Fatal(err, ran)
	}
}

func TestNoRow(t *testing.T) {
	err := pgtest.Open(t).InTx(t.Context(), func(ctx context.Context, tx *pg.Tx) error {
		var n int
		return tx.QueryRow(ctx, `SELECT 1 WHERE false`).Scan(&n)
	})
	if !errors.Is(err, pgx.ErrNoRows) {
		t.Fatal(err)
	}
}

// PostgreSQL answers COMMIT of a failed transaction with ROLLBACK and no error.
func TestInTxNeverCallsARollbackACommit(t *testing.T) {
	db := pgtest.Clone(t)
	if _, err := db.Exec(t.Context(), `CREATE TABLE swallowed (n int PRIMARY KEY)`); err != nil {
		t.Fatal(err)
	}
	err := db.InTx(t.Context(), func(ctx context.Context, tx *pg.Tx) error {
		tx.AfterCommit(func() { t.Error("after-commit ran without a commit") })
		for range 2 {
			_, _ = tx.Exec(ctx, `INSERT INTO swallowed VALUES (1)`)
		}
		return nil
	})
	if !errors.Is(err, pg.ErrAborted) {
		t.Fatalf("got %v", err)
	}
}

func TestInTxHeedsItsContext(t *testing.T) {
	db := pgtest.Clone(t)
	if _, err := db.Exec(t.Context(), `CREATE TABLE cancelled (n int PRIMARY KEY)`); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := db.InTx(ctx, func(ctx context.Context, tx *pg.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO cancelled VALUES (1)`)
		cancel()
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if n, err := pg.One[int](t.Context(), db, `SELECT count(*) FROM cancelled`); err != nil || n != 0 {
		t.Fatalf("got %d rows, %v", n, err)
	}
}

// One and All read structs by column names, and single values.
func TestOne(t *testing.T) {
	db := pgtest.Open(t)
	type pair struct {
		ID ident.ID
		At time.Time
	}
	id := ident.New()
	got, err := pg.One[pair](t.Context(), db, `SELECT $1::uuid AS id, timestamptz '2026-11-01 00:00Z' AS at`, id)
	if err != nil || got.ID != id || got.At.Month() != time.November {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err := pg.One[ident.ID](t.Context(), db, `SELECT $1::uuid`, id); err != nil || got != id {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err := pg.One[time.Time](t.Context(), db, `SELECT now()`); err != nil || got.IsZero() {
		t.Errorf("got %v, %v", got, err)
	}
}

func BenchmarkInTx(b *testing.B) {
	db := pgtest.Clone(b)
	if _, err := db.Exec(b.Context(), `CREATE TABLE bench (n bigint, id uuid)`); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		err := db.InTx(b.Context(), func(ctx context.Context, tx *pg.Tx) error {
			_, err := pg.One[int](ctx, tx, `SELECT 1`)
			tx.Defer(`INSERT INTO bench VALUES ($1, $2)`, 1, ident.New())
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
