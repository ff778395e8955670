package pg_test

import (
	"context"
	"errors"
	"testing"

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
