package pg_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
)

// empty is a database without a schema.
func empty(t *testing.T) string {
	t.Helper()
	_, url := pgtest.CloneURL(t)
	db, err := pg.Open(t.Context(), pg.Config{URL: url, MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(t.Context(), `DROP SCHEMA public CASCADE`); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(t.Context(), `CREATE SCHEMA public`); err != nil {
		t.Fatal(err)
	}
	return url
}

func TestMigratorsRace(t *testing.T) {
	url := empty(t)
	var racers sync.WaitGroup
	for range 3 {
		racers.Go(func() {
			if err := pg.Migrate(context.WithoutCancel(t.Context()), url); err != nil {
				t.Error(err)
			}
		})
	}
	racers.Wait()
	db, err := pg.Open(t.Context(), pg.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	newest, err := pg.SchemaVersion()
	if err != nil {
		t.Fatal(err)
	}
	got, err := pg.One[int64](t.Context(), db, `SELECT max(version_id) FROM goose_db_version`)
	if err != nil || got != newest || newest < 30 {
		t.Errorf("schema %d, want %d, %v", got, newest, err)
	}
	if twice, err := pg.All[int64](t.Context(), db, `SELECT version_id FROM goose_db_version GROUP BY 1 HAVING count(*) > 1`); err != nil || len(twice) > 0 {
		t.Errorf("applied twice: %d, %v", twice, err)
	}
}

// Tenants' rows are told apart by a column that cannot be left out.
func TestProjectIDIsNeverNull(t *testing.T) {
	// These tell about things that need not belong to a project, or bind something to one.
	optional := " event event_log audit credential outbox replay service_account "
	tables, err := pg.All[string](t.Context(), pgtest.Open(t), `
SELECT c.relname::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE a.attname = 'project_id' AND NOT a.attnotnull AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace`)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		if !strings.Contains(optional, " "+table+" ") {
			t.Errorf("%s.project_id may be NULL", table)
		}
	}
}

func BenchmarkMigrateNothing(b *testing.B) {
	url := pgtest.URL(b)
	for b.Loop() {
		if err := pg.Migrate(b.Context(), url); err != nil {
			b.Fatal(err)
		}
	}
}
