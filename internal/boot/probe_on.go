//go:build crashpoints

package boot

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// probes are the consumers of a program that is built to be killed: one that writes
// down what it was given, for the tests to compare with the log.
func probes() []eventlog.Consumer {
	return []eventlog.Consumer{{
		Name: "probe",
		Handler: func(ctx context.Context, tx *pg.Tx, e eventlog.Event) error {
			for _, sql := range []string{ // beside what is Stoa's, so that backups do not hold it
				`CREATE SCHEMA IF NOT EXISTS probe`, `CREATE TABLE IF NOT EXISTS probe.seen (id bigint PRIMARY KEY, position bigint NOT NULL)`,
			} {
				if _, err := tx.Exec(ctx, sql); err != nil {
					return err
				}
			}
			// No sequence: one that is made and used in one transaction was found at its begin again after the database was killed.
			_, err := tx.Exec(ctx, `INSERT INTO probe.seen SELECT coalesce(max(id), 0) + 1, $1 FROM probe.seen`, e.Position)
			return err
		},
	}}
}
