package pg

import (
	"context"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Partitioned are the tables that grow for ever, one partition a month by the time
// in their UUIDv7 id. A default partition takes what nobody prepared for.
var Partitioned = []string{"event", "audit"}

// monthsAhead is how many partitions are made before they are needed, with the current one.
const monthsAhead = 3

// MakePartitions makes the partitions of this month and the next ones. It is cheap
// and can run any number of times.
func MakePartitions(ctx context.Context, db *DB, now time.Time) error {
	for _, table := range Partitioned {
		for i := range monthsAhead {
			from := month(now, i)
			name := fmt.Sprintf("%s_%s", table, from.Format("2006_01"))
			// The bounds are ours, and DDL takes no parameters.
			sql := fmt.Sprintf(`CREATE TABLE IF NOT EXISTS %s PARTITION OF %s FOR VALUES FROM ('%s') TO ('%s')`,
				name, table, ident.FloorAt(from), ident.FloorAt(month(now, i+1)))
			if err := makePartition(ctx, db, name, sql); err != nil {
				return fmt.Errorf("make partition %s: %w", name, err)
			}
		}
	}
	return nil
}

func makePartition(ctx context.Context, db *DB, name, sql string) error {
	exists, err := One[bool](ctx, db, `SELECT to_regclass($1) IS NOT NULL`, name)
	if err != nil || exists {
		return err
	}
	_, err = db.Exec(ctx, sql)
	return err
}

func month(t time.Time, ahead int) time.Time {
	t = t.UTC()
	return time.Date(t.Year(), t.Month()+time.Month(ahead), 1, 0, 0, 0, 0, time.UTC)
}

// PartitionHealth says how the partitions of a table fare.
type PartitionHealth struct {
	Table      string `json:"table"`
	Ahead      bool   `json:"ahead"`       // next month's is there
	DefaultHas bool   `json:"default_has"` // rows came that no partition was made for
}

// ReadPartitions tells whether partitions were made in time.
func ReadPartitions(ctx context.Context, q Querier, now time.Time) ([]PartitionHealth, error) {
	var all []PartitionHealth
	for _, table := range Partitioned {
		h := PartitionHealth{Table: table}
		next := fmt.Sprintf("%s_%s", table, month(now, 1).Format("2006_01"))
		sql := fmt.Sprintf(`SELECT to_regclass($1) IS NOT NULL, EXISTS (SELECT FROM %s_default)`, table)
		if err := q.QueryRow(ctx, sql, next).Scan(&h.Ahead, &h.DefaultHas); err != nil {
			return nil, fmt.Errorf("read partitions of %s: %w", table, err)
		}
		all = append(all, h)
	}
	return all, nil
}
