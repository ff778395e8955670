package boot

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/notification"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// told puts together what the slices tell others about executions. They stand on executions, so it looks for them when it is asked.
type told struct{ p *Program }

// About implements execution.Deliveries.
func (t told) About(ctx context.Context, q pg.Querier, id, reader ident.ID) ([]execution.Delivery, error) {
	all, err := t.p.judge0.About(ctx, q, id)
	if err != nil {
		return nil, err
	}
	sent, err := t.p.notifications.AboutExecution(ctx, q, reader, id)
	if err != nil {
		return nil, err
	}
	for _, d := range sent {
		one := execution.Delivery{
			ID: d.ID, Kind: string(d.Channel), Host: d.Host, Status: string(d.Status), Attempts: d.Attempts, Reason: d.Reason,
			StatusCode: d.StatusCode, TriedAt: d.TriedAt, EndedAt: d.EndedAt,
		}
		if d.Status == notification.Queued {
			one.NextAt = &d.NextAt
		}
		all = append(all, one)
	}
	return all, nil
}
