package pg

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib" // goose speaks database/sql
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations is the schema of every slice, forward only.
func Migrations() fs.FS {
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err) // the embed directive is wrong
	}
	return sub
}

// Migrate brings the schema up to date, with the partitions that it needs now.
// Replicas may race: one of them migrates, behind a lock that is a row and so
// survives a transaction-pooling proxy. A schema that is newer than this program
// is left alone, since a replica may be one version older.
func Migrate(ctx context.Context, url string) error {
	newest, err := SchemaVersion()
	if err != nil {
		return err
	}
	if err := migrateTo(ctx, url, newest); err != nil {
		return err
	}
	db, err := Open(ctx, Config{URL: url, MaxConns: 1, PgBouncer: true})
	if err != nil {
		return err
	}
	defer db.Close()
	return MakePartitions(ctx, db, time.Now())
}

func migrateTo(ctx context.Context, url string, version int64) error {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeExec // no state in the session
	db := stdlib.OpenDB(*config)
	defer func() { _ = db.Close() }()
	// The lock of a migrator that died is free after the default of 30 s.
	locker, err := lock.NewPostgresTableLocker(lock.WithTableLockTimeout(200*time.Millisecond, 1500))
	if err != nil {
		return fmt.Errorf("make migration lock: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, Migrations(), goose.WithLocker(locker))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	outage := newOutage(slog.New(slog.DiscardHandler), db.PingContext)
	defer outage.close()
	if err := outage.reach(ctx, func() error { return db.PingContext(ctx) }); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	var began bool
	if err := db.QueryRowContext(ctx, `SELECT to_regclass('goose_db_version') IS NOT NULL`).Scan(&began); err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	if began { // the usual start has nothing to do, and needs no lock for that
		if pending, err := provider.HasPending(ctx); err != nil {
			return fmt.Errorf("read schema version: %w", err)
		} else if !pending {
			return nil
		}
	}
	if _, err := provider.UpTo(ctx, version); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// SchemaVersion is the newest migration that this program knows.
func SchemaVersion() (newest int64, err error) {
	names, err := fs.Glob(Migrations(), "*.sql")
	if err != nil {
		return 0, fmt.Errorf("read migrations: %w", err)
	}
	for _, name := range names {
		version, err := goose.NumericComponent(name)
		if err != nil {
			return 0, fmt.Errorf("read migrations: %w", err)
		}
		newest = max(newest, version)
	}
	return newest, nil
}
