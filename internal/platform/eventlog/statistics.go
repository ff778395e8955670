package eventlog

import (
	"context"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Count is how many events of a type happened in one hour.
type Count struct {
	Hour   time.Time `db:"hour"` // its beginning, UTC
	Type   string    `db:"type"`
	Events int64     `db:"events"`
}

// ActorCount is how many events somebody or something caused.
type ActorCount struct {
	ActorKind string   `db:"actor_kind"`
	ActorID   ident.ID `db:"actor_id"` // zero: Stoa itself
	Events    int64    `db:"events"`
}

const countRange = `
SELECT r.type, count(*) AS events FROM (
	SELECT e.type FROM event_log l JOIN event e ON e.id = l.event_id WHERE l.position > $1 AND l.position <= $2%s LIMIT $3
) r GROUP BY r.type`

// CountRange counts the chosen events between two positions by type: at most so many.
func CountRange(ctx context.Context, q pg.Querier, after, through, most int64, f Filter) (map[string]int64, error) {
	where, args := f.where([]any{after, through, most})
	counted, err := pg.All[struct {
		Type   string `db:"type"`
		Events int64  `db:"events"`
	}](ctx, q, fmt.Sprintf(countRange, where), args...)
	if err != nil {
		return nil, fmt.Errorf("count events: %w", err)
	}
	counts := map[string]int64{}
	for _, c := range counted {
		counts[c.Type] = c.Events
	}
	return counts, nil
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

const countActors = `
SELECT e.actor_kind, e.actor_id, count(*) AS events
FROM event e CROSS JOIN LATERAL (SELECT e.organization_id, e.project_id) AS l
WHERE true%s GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT $1`

// CountActors counts the chosen events by who caused them: those who caused the most,
// the most first. The filter must have a From, as that of CountEvents.
func CountActors(ctx context.Context, q pg.Querier, most int, f Filter) ([]ActorCount, error) {
	where, args := f.where([]any{most})
	counts, err := pg.All[ActorCount](ctx, q, fmt.Sprintf(countActors, where), args...)
	if err != nil {
		return nil, fmt.Errorf("count who caused events: %w", err)
	}
	return counts, nil
}
