package pgtest_test

import (
	"testing"

	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
)

// A clone has the schema and nobody else's rows, even beside other clones.
func TestClonesAreApart(t *testing.T) {
	t.Parallel()
	if db := pgtest.Open(t); db != pgtest.Open(t) {
		t.Error("a package has more than one database")
	}
	for range 4 {
		t.Run("clone", func(t *testing.T) {
			t.Parallel()
			db := pgtest.Clone(t)
			if n, err := pg.One[int](t.Context(), db, `SELECT count(*) FROM lease`); err != nil || n != 0 {
				t.Errorf("%d rows, %v", n, err)
			}
			if _, err := db.Exec(t.Context(), `INSERT INTO lease VALUES ('a', 'b', 1, now())`); err != nil {
				t.Error(err)
			}
		})
	}
}

func BenchmarkClone(b *testing.B) {
	pgtest.Open(b)
	for b.Loop() {
		pgtest.Clone(b)
	}
}
