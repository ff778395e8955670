package eventlog

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Health is how the log fares.
type Health struct {
	Head          int64           `json:"head"`           // the last position given
	Unsequenced   int64           `json:"unsequenced"`    // committed events without a position
	OldestSeconds float64         `json:"oldest_seconds"` // how long the first of them has waited; 0: none
	Consumers     []ConsumerState `json:"consumers"`
	DeadLetters   Level           `json:"dead_letters" enum:"ok,warning,critical" doc:"How many are open, by the thresholds."`
}

// ConsumerState is how one consumer fares.
type ConsumerState struct {
	Name     string `json:"name" db:"name"`
	Position int64  `json:"position" db:"position"`
	Lag      int64  `json:"lag" db:"lag"` // positions behind the head
	Waiting  int64  `json:"waiting" db:"waiting"`
	Retrying int64  `json:"retrying" db:"retrying"`
	Dead     int64  `json:"dead" db:"dead"`
}

const (
	readBacklog = `
SELECT count(*) AS n, coalesce(extract(epoch FROM now() - min(e.time)), 0)::float8 AS seconds
FROM (SELECT event_id FROM outbox ORDER BY seq LIMIT 10000) o JOIN event e ON e.id = o.event_id`
	readConsumers = `
SELECT c.name, c.position, s.position - c.position AS lag,
	count(*) FILTER (WHERE d.status = 'waiting') AS waiting,
	count(*) FILTER (WHERE d.status = 'retrying') AS retrying,
	count(*) FILTER (WHERE d.status = 'dead') AS dead
FROM sequencer s, consumer c LEFT JOIN delivery d ON d.consumer = c.name AND d.status NOT IN ('retried', 'discarded')
GROUP BY c.name, c.position, s.position ORDER BY c.name`
)

// ReadHealth looks at the log. At most 10,000 unsequenced events are counted.
func ReadHealth(ctx context.Context, q pg.Querier) (h Health, err error) {
	if h.Head, err = Head(ctx, q); err != nil {
		return h, fmt.Errorf("read the log's head: %w", err)
	}
	backlog, err := pg.One[struct {
		N       int64   `db:"n"`
		Seconds float64 `db:"seconds"`
	}](ctx, q, readBacklog)
	if err != nil {
		return h, fmt.Errorf("read the log's backlog: %w", err)
	}
	h.Unsequenced, h.OldestSeconds = backlog.N, max(0, backlog.Seconds)
	if h.Consumers, err = pg.All[ConsumerState](ctx, q, readConsumers); err != nil {
		return h, fmt.Errorf("read consumers: %w", err)
	}
	noted, err := pg.One[NotedLevel](ctx, q, readLevel)
	if err != nil {
		return h, fmt.Errorf("read the level of dead letters: %w", err)
	}
	h.DeadLetters = noted.Level
	return h, nil
}
