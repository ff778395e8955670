package eventlog

import (
	"context"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Count is how many events of a type happened in one hour.
type Count struct {
	Hour   time.Time `db:"hour"` // its beginning, UTC
	Type   string    `db:"type"`
	Events int64     `db:"events"`
}

const countEvents = `
SELECT date_trunc('hour', e.time, 'UTC') AS hour, e.type, count(*) AS events
FROM event e CROSS JOIN LATERAL (SELECT e.organization_id, e.project_id) AS l
WHERE true%s GROUP BY 1, 2 ORDER BY 1, 2`

// CountEvents counts the chosen events by hour and type. It reads the events
// themselves, so the filter must have a From.
func CountEvents(ctx context.Context, q pg.Querier, f Filter) ([]Count, error) {
	where, args := f.where(nil)
	counts, err := pg.All[Count](ctx, q, fmt.Sprintf(countEvents, where), args...)
	if err != nil {
		return nil, fmt.Errorf("count events: %w", err)
	}
	return counts, nil
}
