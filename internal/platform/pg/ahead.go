package pg

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// asked is a statement that waits to travel with the next one.
type asked struct {
	sql  string
	args []any
	read func(pgx.Rows, error)
}

// Later is the answer to what was asked ahead.
type Later[T any] struct {
	tx    *Tx
	known bool
	rows  []T
	err   error
}

// Ahead asks for one row, like One, before anybody needs it: the statement travels
// with the transaction's next one, and runs before it. It saves a round trip where
// two reads don't need each other's answers and belong to different hands.
func Ahead[T any](tx *Tx, sql string, args ...any) *Later[T] {
	later := &Later[T]{tx: tx}
	tx.ahead = append(tx.ahead, asked{sql, args, func(rows pgx.Rows, err error) {
		later.known, later.err = true, err
		if err == nil {
			later.rows, later.err = pgx.CollectRows(rows, scanner[T]())
		}
	}})
	return later
}

// Row is the row, or pgx.ErrNoRows. If nothing has carried the question yet, it is
// sent now.
func (l *Later[T]) Row(ctx context.Context) (T, error) {
	if !l.known {
		if err := l.tx.SendBatch(ctx, &pgx.Batch{}).Close(); err != nil && l.err == nil {
			l.err = err
		}
	}
	switch {
	case l.err != nil:
		var none T
		return none, l.err
	case len(l.rows) == 0:
		var none T
		return none, pgx.ErrNoRows
	}
	return l.rows[0], nil
}
