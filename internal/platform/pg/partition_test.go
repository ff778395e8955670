package pg_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
)

// far is a month that no template of this test has partitions for.
var far = time.Date(2031, time.December, 31, 23, 59, 0, 0, time.UTC)

const partitioned = `
CREATE TABLE by_id (id uuid PRIMARY KEY, n int NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE by_id_default PARTITION OF by_id DEFAULT;
CREATE TRIGGER by_id_append_only BEFORE UPDATE OR DELETE ON by_id FOR EACH ROW EXECUTE FUNCTION stoa_append_only();
CREATE TABLE by_time (at timestamptz NOT NULL, n int NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE by_time_default PARTITION OF by_time DEFAULT`

func health(t *testing.T, db *pg.DB, table string, at time.Time) pg.PartitionHealth {
	t.Helper()
	all, err := pg.ReadPartitions(t.Context(), db, at)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range all {
		if h.Table == table {
			return h
		}
	}
	t.Fatalf("%s is not among %v", table, all)
	return pg.PartitionHealth{}
}

func TestPartitionsAreMadeAheadAndTakeTheirRows(t *testing.T) {
	db := pgtest.Clone(t)
	ctx := t.Context()
	if _, err := db.Exec(ctx, partitioned); err != nil {
		t.Fatal(err)
	}
	at := []time.Time{far, far.Add(time.Minute), far.AddDate(0, 0, 1).AddDate(0, 1, 0)} // December, the first instant of January, February
	for _, table := range []string{"by_id", "by_time"} {
		if h := health(t, db, table, far); !strings.Contains(h.Problem, "2031-12") || h.Strays != 0 {
			t.Errorf("without partitions: %+v", h)
		}
	}
	// These come too early, and lie in the default partition.
	for n, at := range at {
		for sql, key := range map[string]any{`INSERT INTO by_id VALUES ($1, $2)`: ident.FloorAt(at), `INSERT INTO by_time VALUES ($1, $2)`: at} {
			if _, err := db.Exec(ctx, sql, key, n); err != nil {
				t.Fatal(err)
			}
		}
	}
	if h := health(t, db, "by_id", far); h.Strays != int64(len(at)) {
		t.Errorf("strays: %+v", h)
	}

	var makers sync.WaitGroup // replicas race
	for range 4 {
		makers.Go(func() {
			if err := pg.MakePartitions(context.WithoutCancel(ctx), db, far); err != nil {
				t.Error(err)
			}
		})
	}
	makers.Wait()

	for _, table := range []string{"by_id", "by_time"} {
		h := health(t, db, table, far)
		if want := time.Date(2032, time.March, 1, 0, 0, 0, 0, time.UTC); h.Problem != "" || h.Strays != 0 || !h.Through.Equal(want) {
			t.Errorf("with partitions: %+v", h)
		}
		for n, part := range []string{"_2031_12", "_2032_01", "_2032_02"} {
			got, err := pg.All[int](ctx, db, `SELECT n FROM `+table+part)
			if err != nil || len(got) != 1 || got[0] != n {
				t.Errorf("%s%s has %d, %v", table, part, got, err)
			}
		}
		if h := health(t, db, table, far.AddDate(0, 2, 0)); h.Problem == "" {
			t.Errorf("the last month is not noticed: %+v", h)
		}
	}
	// The default partition is attached again, with the triggers.
	if _, err := db.Exec(ctx, `INSERT INTO by_id VALUES ($1, 9)`, ident.FloorAt(far.AddDate(1, 0, 0))); err != nil {
		t.Fatal(err)
	}
	refused(t, db, `DELETE FROM by_id`)
	refused(t, db, `UPDATE by_id SET n = 0 WHERE n = 9`)
	refused(t, db, `UPDATE by_id_2032_01 SET n = 0`)
}

func refused(t *testing.T, db *pg.DB, sql string) {
	t.Helper()
	var p *pgconn.PgError
	if _, err := db.Exec(t.Context(), sql); !errors.As(err, &p) || !strings.Contains(p.Message, "append-only") {
		t.Errorf("%s: %v", sql, err)
	}
}

func TestEveryMonthlyTableHasPartitions(t *testing.T) {
	db := pgtest.Open(t)
	if err := pg.MakePartitions(t.Context(), db, time.Now()); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"event", "audit"} {
		if h := health(t, db, table, time.Now()); h.Problem != "" {
			t.Errorf("%+v", h)
		}
	}
}
