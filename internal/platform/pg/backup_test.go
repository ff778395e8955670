package pg_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
)

// furnish stores rows of every kind of column: partitions, identities, arrays, bytes, documents, trees.
func furnish(t *testing.T, db *pg.DB) {
	t.Helper()
	org, unit, project, execution := ident.New(), ident.New(), ident.New(), ident.New()
	last := ident.FloorAt(time.Now().AddDate(0, -1, 0)) // lies in the default partition
	for _, statement := range []struct {
		sql  string
		args []any
	}{
		{`INSERT INTO organization (id, version, slug, name, created_at) VALUES ($1, 1, 'acme', 'Acme “ü”', now())`, []any{org}},
		{`INSERT INTO unit (id, organization_id, parent_id, name, created_at) VALUES ($1, $2, NULL, 'parent', now())`, []any{unit, org}},
		{`INSERT INTO unit (id, organization_id, parent_id, name, created_at) VALUES ($1, $2, $3, 'child', now())`, []any{ident.New(), org, unit}},
		{`INSERT INTO project (id, version, organization_id, unit_id, slug, name, created_at) VALUES ($1, 1, $2, $3, 'p', 'P', now())`, []any{project, org, unit}},
		{
			`INSERT INTO event (id, type, time, aggregate_kind, aggregate_id, version, project_id, actor_kind, correlation_id, data)
		  SELECT id, 'x.v1', now(), 'x', $2, n, $3, 'user', '', jsonb_build_object('n', n, 'f', 0.1) FROM unnest($1::uuid[]) WITH ORDINALITY AS u (id, n)`,
			[]any{[]ident.ID{ident.New(), last}, project, project},
		},
		{`INSERT INTO outbox (event_id) SELECT id FROM event`, nil},
		{`UPDATE limit_revision SET revision = 7`, nil},
		{`INSERT INTO runtime (id, name, version, file_name, example, compiled, class, first_seen) VALUES ('x@1', 'x', '1', 'x', 'x', false, '', now())`, nil},
		{`INSERT INTO execution (id, version, organization_id, project_id, owner_id, runtime, status, priority, rank, network, wall_ms, cpu_ms, memory_bytes, processes, output_bytes, disk_bytes, created_at)
		  VALUES ($1, 1, $2, $3, $2, 'x@1', 'queued', 5, 1, false, 1, 1, 1, 1, 1, 1, now())`, []any{execution, org, project}},
		{`INSERT INTO execution_output (execution_id, stdout, stderr, layout, stdout_truncated, stderr_truncated)
		  VALUES ($1, '\x00ff0a', '', '{3,-2}', false, true)`, []any{execution}},
		{`CREATE TABLE bulk AS SELECT n, repeat(md5(n::text), 20) AS text FROM generate_series(1, 4000) n`, nil}, // more than one piece
	} {
		if _, err := db.Exec(t.Context(), statement.sql, statement.args...); err != nil {
			t.Fatalf("%s: %v", statement.sql, err)
		}
	}
	// Not a migration's, so a restore cannot know it.
	if _, err := db.Exec(t.Context(), `INSERT INTO audit (id, time, actor_kind, action, outcome, correlation_id, detail) SELECT gen_random_uuid(), now(), 'user', text, 'done', '', '{}' FROM bulk`); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(t.Context(), `DROP TABLE bulk`); err != nil {
		t.Fatal(err)
	}
}

// digests is what every table holds, in a form that does not depend on the order.
func digests(t *testing.T, db *pg.DB) map[string]string {
	t.Helper()
	names, err := pg.All[string](t.Context(), db, `
SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace AND relname NOT IN ('goose_db_version', 'goose_lock', 'cluster')`)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, name := range names {
		all[name], err = pg.One[string](t.Context(), db, fmt.Sprintf(`SELECT count(*) || ' ' || md5(coalesce(string_agg(t::text, E'\n' ORDER BY t::text), '')) FROM %s t`, name))
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func backup(t *testing.T, url string) (archive []byte) {
	t.Helper()
	var out bytes.Buffer
	if _, _, err := pg.Backup(t.Context(), url, &out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestBackupAndRestore(t *testing.T) {
	from, fromURL := pgtest.CloneURL(t)
	furnish(t, from)
	archive := backup(t, fromURL)

	for name, target := range map[string]func(*testing.T) string{
		"into a migrated database":           func(t *testing.T) string { _, url := pgtest.CloneURL(t); return url },
		"into a database without any schema": empty,
	} {
		t.Run(name, func(t *testing.T) {
			url := target(t)
			manifest, totals, err := pg.Restore(t.Context(), url, bytes.NewReader(archive))
			if err != nil {
				t.Fatal(err)
			}
			if totals.Rows() < 4000 || manifest.Schema == 0 {
				t.Errorf("restored %d rows of schema %d", totals.Rows(), manifest.Schema)
			}
			to := connect(t, url)
			checkRestored(t, from, to)
		})
	}
}

func checkRestored(t *testing.T, from, to *pg.DB) {
	t.Helper()
	if diff := cmp.Diff(digests(t, from), digests(t, to)); diff != "" {
		t.Error(diff)
	}
	// Numbers go on where they were.
	const next = `INSERT INTO outbox (event_id) VALUES (gen_random_uuid()) RETURNING seq`
	if seq, err := pg.One[int64](t.Context(), to, next); err != nil || seq != 3 {
		t.Errorf("the next number is %d, %v", seq, err)
	}
	refused(t, to, `DELETE FROM event`)
	const incarnation = `SELECT incarnation FROM cluster`
	before, errB := pg.One[int64](t.Context(), from, incarnation)
	after, errA := pg.One[int64](t.Context(), to, incarnation)
	if errB != nil || errA != nil || after <= before {
		t.Errorf("incarnation %d after %d, %v %v", after, before, errA, errB)
	}
	same, err := pg.One[string](t.Context(), to, `SELECT id::text FROM cluster`)
	if was, errB := pg.One[string](t.Context(), from, `SELECT id::text FROM cluster`); err != nil || errB != nil || same != was {
		t.Errorf("cluster %s, was %s, %v %v", same, was, err, errB)
	}
}

func TestRestoreRefuses(t *testing.T) {
	from, fromURL := pgtest.CloneURL(t)
	furnish(t, from)
	archive := backup(t, fromURL)

	t.Run("a database with rows", func(t *testing.T) {
		before := digests(t, from)
		_, _, err := pg.Restore(t.Context(), fromURL, bytes.NewReader(archive))
		if !fault.Is(err, "restore.not_empty") {
			t.Errorf("got %v", err)
		}
		if diff := cmp.Diff(before, digests(t, from)); diff != "" {
			t.Error(diff)
		}
	})
	to, url := pgtest.CloneURL(t)
	fresh := digests(t, to)
	for name, c := range map[string]struct {
		archive []byte
		code    string
	}{
		"a newer schema": {edit(t, archive, func(plain []byte) []byte {
			_, version, _ := bytes.Cut(plain, []byte(`"schema": `))
			version[0] = '9' // as long as before
			return plain
		}), "backup.newer"},
		"half a backup":  {archive[:len(archive)/2], "backup.damaged"},
		"changed rows":   {edit(t, archive, instead("Acme", "Acne")), "backup.damaged"},
		"something else": {[]byte("PGDMP"), "backup.damaged"},
		"nothing":        {nil, "backup.damaged"},
		"without an end": {edit(t, archive, func(plain []byte) []byte {
			rows, _, _ := bytes.Cut(plain, []byte("totals.json"))
			return append(rows, make([]byte, 1024)...)
		}), "backup.damaged"},
		"without a start": {edit(t, archive, func(plain []byte) []byte {
			_, rows, _ := bytes.Cut(plain, []byte("tables/"))
			return append([]byte("tables/"), rows...)
		}), "backup.damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := pg.Restore(t.Context(), url, bytes.NewReader(c.archive))
			if !fault.Is(err, c.code) {
				t.Errorf("got %v", err)
			}
			if diff := cmp.Diff(fresh, digests(t, to)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// edit changes what is packed.
func edit(t *testing.T, archive []byte, change func([]byte) []byte) []byte {
	t.Helper()
	reader, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	plain, err := reader.DecodeAll(archive, nil)
	if err != nil {
		t.Fatal(err)
	}
	changed := change(bytes.Clone(plain))
	if bytes.Equal(plain, changed) {
		t.Fatal("nothing was changed")
	}
	writer, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return writer.EncodeAll(changed, nil)
}

// instead changes the first place; both have the same length, or the tar would notice that.
func instead(was, is string) func([]byte) []byte {
	return func(plain []byte) []byte { return bytes.Replace(plain, []byte(was), []byte(is), 1) }
}

// writerFunc is a place to look at what happens in the middle of a backup.
type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestBackupIsOfOneMoment(t *testing.T) {
	from, fromURL := pgtest.CloneURL(t)
	furnish(t, from)
	before := digests(t, from)
	var archive bytes.Buffer
	wrote := false
	_, _, err := pg.Backup(t.Context(), fromURL, writerFunc(func(p []byte) (int, error) {
		if !wrote { // the tables that come later must not have this
			wrote = true
			if _, err := from.Exec(t.Context(), `UPDATE unit SET name = name || '!'`); err != nil {
				t.Error(err)
			}
		}
		return archive.Write(p)
	}))
	if err != nil || !wrote {
		t.Fatal(err, wrote)
	}
	_, url := pgtest.CloneURL(t)
	if _, _, err := pg.Restore(t.Context(), url, &archive); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, digests(t, connect(t, url))); diff != "" {
		t.Error(diff)
	}
}

func TestRestoreMigratesAnOlderSchema(t *testing.T) {
	url := empty(t)
	const older = 20
	if err := pg.MigrateTo(t.Context(), url, older); err != nil {
		t.Fatal(err)
	}
	from := connect(t, url)
	if _, err := from.Exec(t.Context(), `INSERT INTO organization (id, version, slug, name, created_at) VALUES ($1, 1, 'old', 'Old', now())`, ident.New()); err != nil {
		t.Fatal(err)
	}
	to, target := pgtest.CloneURL(t)
	manifest, _, err := pg.Restore(t.Context(), target, bytes.NewReader(backup(t, url)))
	if err != nil || manifest.Schema != older {
		t.Fatal(manifest.Schema, err)
	}
	if n, err := pg.One[int](t.Context(), to, `SELECT count(*) FROM organization WHERE slug = 'old' AND NOT EXISTS (SELECT FROM execution)`); err != nil || n != 1 {
		t.Errorf("%d organizations, %v", n, err)
	}
}

// A new major version of PostgreSQL is reached by the same way.
func TestRestoreIntoAnotherMajor(t *testing.T) {
	if testing.Short() {
		t.Skip("starts servers of its own")
	}
	servers := map[string]string{} // by version
	for _, binaries := range installed(t) {
		cfg := config(folder(t))
		cfg.Binaries, cfg.Unsafe = binaries, true
		server := serve(t, cfg)
		servers[strings.Split(server.Version(), ".")[0]] = server.URL()
	}
	if len(servers) < 2 {
		t.Skip("there is one PostgreSQL here")
	}
	archives := map[string][]byte{}
	for version, url := range servers {
		if err := pg.Migrate(t.Context(), url); err != nil {
			t.Fatal(err)
		}
		db := connect(t, url)
		furnish(t, db)
		archives[version] = backup(t, url)
	}
	for from, archive := range archives {
		for to, url := range servers {
			if from == to {
				continue
			}
			t.Run(from+" to "+to, func(t *testing.T) {
				name := "restored_" + from
				if _, err := connect(t, url).Exec(t.Context(), `CREATE DATABASE `+name); err != nil {
					t.Fatal(err)
				}
				target := strings.Replace(url, "///"+pg.Superuser, "///"+name, 1)
				if _, _, err := pg.Restore(context.WithoutCancel(t.Context()), target, bytes.NewReader(archive)); err != nil {
					t.Fatal(err)
				}
				checkRestored(t, connect(t, servers[from]), connect(t, target))
			})
		}
	}
}

// What a fresh installation holds is known by its column “singleton” or “seeded”:
// otherwise a restore into it would be refused.
func TestAFreshDatabaseIsEmpty(t *testing.T) {
	from, fromURL := pgtest.CloneURL(t)
	archive := backup(t, fromURL)
	_, url := pgtest.CloneURL(t)
	if _, _, err := pg.Restore(t.Context(), url, bytes.NewReader(archive)); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(digests(t, from), digests(t, connect(t, url))); diff != "" {
		t.Error(diff)
	}
}
