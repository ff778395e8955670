// Package pg is everything that Stoa does with PostgreSQL below the level of a
// slice's rows: pools, transactions, leases, the embedded server, migrations,
// backups and databases for tests. One engine, embedded or external; no second
// dialect, no session state that a transaction-pooling proxy would lose.
package pg

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Config says where the database is.
type Config struct {
	URL         string
	ReplicaURLs []string
	MaxConns    int32 // of each pool; zero suits this machine
	// PgBouncer is set when a transaction-pooling proxy stands between. Directly,
	// statements stay prepared on their connection: one round trip and no parsing.
	// Behind the proxy the next statement may meet another connection, so only
	// their description is kept: still one round trip, and a parse each time.
	PgBouncer bool
	Log       *slog.Logger
}

// DB is the pools of one program.
type DB struct {
	primary  *pgxpool.Pool
	replicas []*pgxpool.Pool
	outage   *outage // the primary's
}

// Open makes the pools. It does not wait for the server.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	config, err := cfg.pool(cfg.URL)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	db := &DB{outage: watch(config, cmp.Or(cfg.Log, slog.New(slog.DiscardHandler)))}
	if db.primary, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		db.outage.close()
		return nil, fmt.Errorf("open database: %w", err)
	}
	for _, url := range cfg.ReplicaURLs {
		replica, err := cfg.replica(ctx, url)
		if err != nil {
			db.Close()
			return nil, fmt.Errorf("open replica: %w", err)
		}
		db.replicas = append(db.replicas, replica)
	}
	return db, nil
}

func (cfg Config) replica(ctx context.Context, url string) (*pgxpool.Pool, error) {
	config, err := cfg.pool(url)
	if err != nil {
		return nil, err
	}
	return pgxpool.NewWithConfig(ctx, config)
}

// idleAfter is how long a connection that nobody needs is kept: each takes several
// megabytes of the server's memory, and is made again in a few milliseconds.
const idleAfter = 30 * time.Second

// More connections than the cores can serve make nothing faster: each is a process of
// the server with caches of its own, and those that wait for each other's rows cost
// more than those that wait here. On two cores, 6 in place of 16 took a sixth of the
// server's CPU time off each run, and 4 in place of 6 another fifth.
const (
	connsPerCore = 2
	fewestConns  = 4
	mostConns    = 32
)

func (cfg Config) pool(url string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	config.MaxConns = cfg.MaxConns
	if config.MaxConns == 0 {
		config.MaxConns = min(max(fewestConns, connsPerCore*int32(runtime.NumCPU())), mostConns) //nolint:gosec // a few
	}
	config.MinIdleConns, config.MaxConnIdleTime, config.HealthCheckPeriod = 2, idleAfter, idleAfter/2
	if cfg.PgBouncer {
		config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	}
	notice(config)
	return config, nil
}

// Primary is where everything is written and decided.
func (db *DB) Primary() *pgxpool.Pool { return db.primary }

// Replica is for lists and reports that may be a little old; without replicas it is the primary.
func (db *DB) Replica() *pgxpool.Pool {
	if len(db.replicas) == 0 {
		return db.primary
	}
	return db.replicas[rand.IntN(len(db.replicas))] //nolint:gosec // spreads load
}

// Close ends all pools, after what is under way.
func (db *DB) Close() {
	db.outage.close()
	for _, pool := range append(db.replicas, db.primary) {
		pool.Close()
	}
}

// Query reads rows from the primary.
func (db *DB) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	var rows pgx.Rows
	err := db.outage.reach(ctx, func() (err error) {
		rows, err = db.primary.Query(ctx, sql, args...) //nolint:sqlclosecheck // the caller does
		return err
	})
	return rows, err
}

// QueryRow reads one row from the primary.
func (db *DB) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	rows, err := db.Query(ctx, sql, args...)
	return onlyRow{rows, err}
}

// Exec runs one statement on the primary, in a transaction of its own.
func (db *DB) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	var tag pgconn.CommandTag
	err := db.outage.reach(ctx, func() (err error) {
		tag, err = db.primary.Exec(ctx, sql, args...)
		return err
	})
	return tag, err
}
