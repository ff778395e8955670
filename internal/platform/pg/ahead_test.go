package pg_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
)

func TestWhatIsAskedAheadIsAnsweredWithTheNextStatement(t *testing.T) {
	db := pgtest.Clone(t)
	if _, err := db.Exec(t.Context(), `CREATE TABLE ahead (n int PRIMARY KEY)`); err != nil {
		t.Fatal(err)
	}
	const add, count = `INSERT INTO ahead VALUES ($1) RETURNING n`, `SELECT count(*) FROM ahead`
	for name, next := range map[string]func(context.Context, *pg.Tx) (int, error){
		"query": func(ctx context.Context, tx *pg.Tx) (int, error) { return pg.One[int](ctx, tx, count) },
		"row": func(ctx context.Context, tx *pg.Tx) (n int, err error) {
			return n, tx.QueryRow(ctx, count).Scan(&n)
		},
		"batch": func(ctx context.Context, tx *pg.Tx) (n int, err error) {
			var b pgx.Batch
			b.Queue(count)
			results := tx.SendBatch(ctx, &b)
			return n, errors.Join(results.QueryRow().Scan(&n), results.Close())
		},
		"none": func(context.Context, *pg.Tx) (int, error) { return 1, nil },
	} {
		for _, begun := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				undo := errors.New("undo")
				err := db.InTx(t.Context(), func(ctx context.Context, tx *pg.Tx) error {
					if begun {
						if _, err := tx.Exec(ctx, `SELECT`); err != nil {
							return err
						}
					}
					later := pg.Ahead[int](tx, add, 7)
					nothing := pg.Ahead[int](tx, `SELECT n FROM ahead WHERE n = 8`)
					if n, err := next(ctx, tx); n != 1 || err != nil {
						t.Errorf("the next statement sees %d rows, %v", n, err)
					}
					if n, err := later.Row(ctx); n != 7 || err != nil {
						t.Errorf("got %d, %v", n, err)
					}
					if _, err := nothing.Row(ctx); !errors.Is(err, pgx.ErrNoRows) {
						t.Errorf("got %v instead of no rows", err)
					}
					if n, err := pg.One[int](ctx, tx, count); n != 1 || err != nil {
						t.Errorf("the transaction goes on with %d rows, %v", n, err)
					}
					return undo
				})
				if !errors.Is(err, undo) {
					t.Error(err)
				}
			})
		}
	}
}

func TestWhatFailsAheadFailsTheTransaction(t *testing.T) {
	db := pgtest.Open(t)
	err := db.InTx(t.Context(), func(ctx context.Context, tx *pg.Tx) error {
		later := pg.Ahead[int](tx, `SELECT 1/$1::int`, 0)
		if _, err := pg.One[int](ctx, tx, `SELECT 1`); err == nil {
			t.Error("the next statement works")
		}
		if _, err := later.Row(ctx); err == nil || errors.Is(err, pgx.ErrNoRows) {
			t.Errorf("got %v", err)
		}
		return nil // swallowed
	})
	if err == nil {
		t.Error("committed")
	}
}

func TestWhatNobodyWaitedForIsAskedWithTheCommit(t *testing.T) {
	db := pgtest.Clone(t)
	if _, err := db.Exec(t.Context(), `CREATE TABLE ahead (n int PRIMARY KEY)`); err != nil {
		t.Fatal(err)
	}
	err := db.InTx(t.Context(), func(_ context.Context, tx *pg.Tx) error {
		pg.Ahead[int](tx, `SELECT count(*) FROM ahead`)
		tx.Defer(`INSERT INTO ahead VALUES (1)`)
		return nil
	})
	if n, counted := pg.One[int](t.Context(), db, `SELECT count(*) FROM ahead`); err != nil || counted != nil || n != 1 {
		t.Errorf("%d rows, %v, %v", n, err, counted)
	}
}
