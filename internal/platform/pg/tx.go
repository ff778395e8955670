package pg

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Querier is what reads need. *Tx, *DB (its primary) and test doubles of neither satisfy it.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// ErrConflict says that a row was not in the version it was expected in. The
// command runner tries the transaction again.
var ErrConflict = errors.New("the row has changed meanwhile")

// Tx is one transaction: rows and deferred rows, nothing with a network behind it.
type Tx struct {
	conn     *pgxpool.Conn
	deferred pgx.Batch
	after    []func()
}

// Query reads rows.
func (tx *Tx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return tx.conn.Query(ctx, sql, args...)
}

// QueryRow reads one row.
func (tx *Tx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return tx.conn.QueryRow(ctx, sql, args...)
}

// Exec writes, and tells how many rows.
func (tx *Tx) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	return tx.conn.Exec(ctx, sql, args...)
}

// SendBatch sends several statements in one round trip. Its results must be closed
// before the next statement.
func (tx *Tx) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	return tx.conn.SendBatch(ctx, b)
}

// Defer queues a statement that needs no answer. All of them travel with COMMIT in
// one round trip, in order, when everything else is decided.
func (tx *Tx) Defer(sql string, args ...any) { tx.deferred.Queue(sql, args...) }

// AfterCommit runs f when the commit has succeeded, and never otherwise.
func (tx *Tx) AfterCommit(f func()) { tx.after = append(tx.after, f) }

// InTx runs f in a READ COMMITTED transaction. An error of f rolls back and is
// returned as it is.
func (db *DB) InTx(ctx context.Context, f func(ctx context.Context, tx *Tx) error) error {
	tx, err := db.commit(ctx, f)
	if err != nil {
		return err
	}
	for _, after := range tx.after {
		after()
	}
	return nil
}

func (db *DB) commit(ctx context.Context, f func(ctx context.Context, tx *Tx) error) (*Tx, error) {
	conn, err := db.primary.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("acquire connection: %w", err)
	}
	defer conn.Release() // destroys a connection that is still in a transaction
	tx := &Tx{conn: conn}
	if _, err := conn.Exec(ctx, "BEGIN"); err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	committed := false
	defer func() {
		if !committed {
			_, _ = conn.Exec(context.WithoutCancel(ctx), "ROLLBACK")
		}
	}()
	if err := f(ctx, tx); err != nil {
		return nil, err
	}
	tx.deferred.Queue("COMMIT")
	if err := conn.SendBatch(ctx, &tx.deferred).Close(); err != nil {
		return nil, fmt.Errorf("commit: %w", err)
	}
	committed = true
	return tx, nil
}

// Codes that mean: the same transaction may succeed when it is tried again.
var retryable = []string{"40001", "40P01"} // serialization_failure, deadlock_detected

// IsRetryable tells whether trying the transaction again makes sense.
func IsRetryable(err error) bool {
	var p *pgconn.PgError
	return errors.Is(err, ErrConflict) || errors.As(err, &p) && slices.Contains(retryable, p.Code)
}

// IsUniqueViolation tells whether a constraint (any, if empty) refused a duplicate.
func IsUniqueViolation(err error, constraint string) bool {
	var p *pgconn.PgError
	return errors.As(err, &p) && p.Code == "23505" && (constraint == "" || p.ConstraintName == constraint)
}

// One reads exactly one row into T: a struct by column names, or a single value.
// Without a row it is pgx.ErrNoRows.
func One[T any](ctx context.Context, q Querier, sql string, args ...any) (T, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		var none T
		return none, err
	}
	return pgx.CollectOneRow(rows, scanner[T]())
}

// All reads every row into T, like One.
func All[T any](ctx context.Context, q Querier, sql string, args ...any) ([]T, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanner[T]())
}

// scanner maps structs by column name, everything else from the only column.
func scanner[T any]() pgx.RowToFunc[T] {
	t := reflect.TypeFor[T]()
	_, scans := reflect.New(t).Interface().(interface{ ScanUUID(pgtype.UUID) error })
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[time.Time]() || scans {
		return pgx.RowTo[T]
	}
	return pgx.RowToStructByName[T]
}
