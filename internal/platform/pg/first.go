package pg

import (
	"github.com/jackc/pgx/v5"
)

// firstRows are the rows of a transaction's first statement: they come from the
// batch that carried BEGIN, which must end with them.
type firstRows struct {
	pgx.Rows
	batch pgx.BatchResults
	err   error
}

func queryFirst(batch pgx.BatchResults) (pgx.Rows, error) {
	rows, err := batch.Query()
	if err != nil {
		_ = batch.Close()
		return rows, err
	}
	return &firstRows{Rows: rows, batch: batch}, nil
}

// Next closes after the last row, as pgx's own rows do.
func (r *firstRows) Next() bool {
	if r.Rows.Next() {
		return true
	}
	r.Close()
	return false
}

// Close ends the rows and the batch.
func (r *firstRows) Close() {
	r.Rows.Close()
	if r.batch != nil {
		r.err = r.batch.Close()
		r.batch = nil
	}
}

// Err is the rows' error, or the batch's.
func (r *firstRows) Err() error {
	if err := r.Rows.Err(); err != nil {
		return err
	}
	return r.err
}

// onlyRow reads the first row, or is the error of asking for it.
type onlyRow struct {
	rows pgx.Rows
	err  error
}

// Scan reads the row, or is pgx.ErrNoRows.
func (r onlyRow) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return pgx.ErrNoRows
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	r.rows.Close()
	return r.rows.Err()
}
