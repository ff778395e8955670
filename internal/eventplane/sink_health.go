package eventplane

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// SinkHealth is how the sinks of one state fare.
type SinkHealth struct {
	State string `db:"state"` // sending, failing or paused
	Sinks int    `db:"sinks"`
	Lag   int64  `db:"lag"` // positions between the head and the one that is furthest behind
}

const sinkHealth = `
SELECT state, count(s.id) AS sinks, greatest(0, coalesce(max(s.lag), 0)) AS lag
FROM unnest(ARRAY['sending', 'failing', 'paused']) AS state
LEFT JOIN (
	SELECT sink.id, q.position - sink.position AS lag,
		CASE WHEN NOT enabled THEN 'paused' WHEN failing_since IS NOT NULL THEN 'failing' ELSE 'sending' END AS fares
	FROM sink, sequencer q
) s ON s.fares = state
GROUP BY state`

// ReadSinks tells how the sinks of every state fare.
func ReadSinks(ctx context.Context, q pg.Querier) ([]SinkHealth, error) {
	all, err := pg.All[SinkHealth](ctx, q, sinkHealth)
	if err != nil {
		return nil, fmt.Errorf("read how sinks fare: %w", err)
	}
	return all, nil
}
