package pg

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
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

// ErrAborted says that f went on after a statement had failed: PostgreSQL keeps
// nothing of such a transaction, however it ends.
var ErrAborted = errors.New("an earlier statement of the transaction failed")

// Tx is one transaction: rows and deferred rows, nothing with a network behind it.
// It is for one goroutine.
type Tx struct {
	conn     *pgx.Conn
	ahead    []asked // to be sent with the next statement
	deferred pgx.Batch
	after    []func()
}

const (
	begin  = `BEGIN ISOLATION LEVEL READ COMMITTED`
	commit = `COMMIT`
	idle   = 'I' // the protocol's word for: no transaction
	failed = 'E' // … for: only ROLLBACK is left

	endWithin = 30 * time.Second
)

// begun tells whether BEGIN was sent: it travels with the first statement.
func (tx *Tx) begun() bool { return tx.conn.PgConn().TxStatus() != idle }

// alone tells whether nothing has to travel with the next statement.
func (tx *Tx) alone() bool { return tx.begun() && len(tx.ahead) == 0 }

// Query reads rows.
func (tx *Tx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if tx.alone() {
		return tx.conn.Query(ctx, sql, args...)
	}
	var b pgx.Batch
	b.Queue(sql, args...)
	return queryFirst(tx.SendBatch(ctx, &b))
}

// QueryRow reads one row.
func (tx *Tx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	if tx.alone() {
		return tx.conn.QueryRow(ctx, sql, args...)
	}
	rows, err := tx.Query(ctx, sql, args...)
	return onlyRow{rows, err}
}

// Exec writes, and tells how many rows.
func (tx *Tx) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	if tx.alone() {
		return tx.conn.Exec(ctx, sql, args...)
	}
	var b pgx.Batch
	b.Queue(sql, args...)
	results := tx.SendBatch(ctx, &b)
	tag, err := results.Exec()
	if closed := results.Close(); err == nil {
		err = closed
	}
	return tag, err
}

// SendBatch sends several statements in one round trip. Its results must be closed
// before the next statement.
func (tx *Tx) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	if tx.alone() {
		return tx.conn.SendBatch(ctx, b)
	}
	var whole pgx.Batch
	begins := !tx.begun()
	if begins {
		whole.Queue(begin)
	}
	ahead := tx.ahead
	tx.ahead = nil
	for _, a := range ahead {
		whole.Queue(a.sql, a.args...)
	}
	whole.QueuedQueries = append(whole.QueuedQueries, b.QueuedQueries...)
	results := tx.conn.SendBatch(ctx, &whole)
	if begins {
		_, _ = results.Exec() // an error of the batch shows at each of its results
	}
	for _, a := range ahead {
		a.read(results.Query())
	}
	return results
}

// Defer queues a statement that needs no answer. All of them travel with COMMIT in
// one round trip, in order, when everything else is decided.
func (tx *Tx) Defer(sql string, args ...any) { tx.deferred.Queue(sql, args...) }

// AfterCommit runs f when the commit has succeeded, and never otherwise.
func (tx *Tx) AfterCommit(f func()) { tx.after = append(tx.after, f) }

// InTx runs f in a READ COMMITTED transaction. An error of f rolls back and is
// returned as it is. Once f has decided, the end of ctx does not stop the commit:
// its outcome would be unknown.
func (db *DB) InTx(ctx context.Context, f func(ctx context.Context, tx *Tx) error) error {
	after, err := db.inTx(ctx, f)
	if err != nil {
		return err
	}
	for _, f := range after {
		f()
	}
	return nil
}

func (db *DB) inTx(ctx context.Context, f func(ctx context.Context, tx *Tx) error) ([]func(), error) {
	var conn *pgxpool.Conn
	err := db.outage.reach(ctx, func() (err error) {
		conn, err = db.primary.Acquire(ctx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("acquire connection: %w", err)
	}
	defer conn.Release() // destroys a connection that is still in a transaction
	tx := &Tx{conn: conn.Conn()}
	defer tx.rollback(ctx)
	err = f(ctx, tx)
	if ended := ctx.Err(); err == nil {
		err = ended
	} else if ended == nil && tx.conn.IsClosed() {
		err = lostBefore(err)
	}
	if err != nil {
		return nil, err
	}
	if err := tx.commit(ctx); err != nil {
		if tx.conn.IsClosed() {
			err = lostIn(err)
		}
		return nil, fmt.Errorf("commit: %w", err)
	}
	return tx.after, nil
}

// commit sends what was deferred and COMMIT.
func (tx *Tx) commit(ctx context.Context) error {
	if tx.conn.PgConn().TxStatus() == failed {
		return ErrAborted
	}
	if !tx.begun() && tx.deferred.Len() == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endWithin)
	defer cancel()
	statements := tx.deferred.Len()
	tx.deferred.Queue(commit)
	results := tx.SendBatch(ctx, &tx.deferred)
	for range statements {
		if _, err := results.Exec(); err != nil {
			_ = results.Close()
			return err
		}
	}
	tag, err := results.Exec()
	if closed := results.Close(); err == nil {
		err = closed
	}
	if err == nil && tag.String() != commit {
		err = ErrAborted
	}
	return err
}

// rollback ends what was not committed.
func (tx *Tx) rollback(ctx context.Context) {
	if tx.conn.IsClosed() || !tx.begun() {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endWithin)
	defer cancel()
	_, _ = tx.conn.Exec(ctx, `ROLLBACK`)
}

// Codes that mean: the same transaction may succeed when it is tried again.
var retryable = []string{"40001", "40P01"} // serialization_failure, deadlock_detected

// IsRetryable tells whether trying the transaction again makes sense: nothing of it
// was kept.
func IsRetryable(err error) bool {
	var p *pgconn.PgError
	return errors.Is(err, ErrConflict) || fault.Is(err, interrupted) || errors.As(err, &p) && slices.Contains(retryable, p.Code)
}

// IsUniqueViolation tells whether a constraint (any, if empty) refused a duplicate.
func IsUniqueViolation(err error, constraint string) bool {
	var p *pgconn.PgError
	return errors.As(err, &p) && p.Code == "23505" && (constraint == "" || p.ConstraintName == constraint)
}

// IsUnstorable tells whether PostgreSQL refused a text that it cannot hold: one with
// a NUL character.
func IsUnstorable(err error) bool {
	p, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (p.Code == "22021" || p.Code == "22P05") // character_not_in_repertoire; untranslatable_character, in JSON
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

// OneOrZero is One for what may not be there: without a row it is the zero T.
func OneOrZero[T any](ctx context.Context, q Querier, sql string, args ...any) (T, error) {
	t, err := One[T](ctx, q, sql, args...)
	if errors.Is(err, pgx.ErrNoRows) {
		err = nil
	}
	return t, err
}

// All reads every row into T, like One.
func All[T any](ctx context.Context, q Querier, sql string, args ...any) ([]T, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanner[T]())
}

// values are structs that one column holds.
var values = []reflect.Type{reflect.TypeFor[time.Time](), reflect.TypeFor[netip.Addr](), reflect.TypeFor[netip.Prefix]()}

// scanner maps structs by column name, everything else from the only column.
func scanner[T any]() pgx.RowToFunc[T] {
	t := reflect.TypeFor[T]()
	if t.Kind() != reflect.Struct || slices.Contains(values, t) || reflect.PointerTo(t).Implements(reflect.TypeFor[sql.Scanner]()) {
		return pgx.RowTo[T]
	}
	return pgx.RowToStructByName[T]
}
