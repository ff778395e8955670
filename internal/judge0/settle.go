package judge0

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/courier"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// settle records what became of one attempt.
type settle struct {
	ExecutionID ident.ID
	Number      int
	courier.Try[Receipt]
}

func (s *Slice) settleCallback(ctx context.Context, tx *command.Tx, in settle) (struct{}, error) {
	c, err := pg.One[Callback](ctx, tx, lockCallback, in.ExecutionID)
	if errors.Is(err, pgx.ErrNoRows) {
		return struct{}{}, nil // deleted meanwhile
	}
	if err != nil {
		return struct{}{}, fmt.Errorf("lock callback: %w", err)
	}
	if c.Status != Sending || c.Attempts != in.Number {
		return struct{}{}, nil // the lease ran out and somebody else tries
	}
	tx.Scope = c.scope()
	var pauses courier.Schedule
	if in.Failure != "" {
		if pauses, err = s.pauses(ctx, tx, c); err != nil {
			return struct{}{}, err
		}
	}
	c.settle(in, pauses, tx.Now)
	save(tx.Tx, c)
	if c.EndedAt != nil {
		tx.Emit(c.aggregate(), CallbackEnded{ExecutionID: c.ExecutionID, OwnerID: c.OwnerID, Status: c.Status, Attempts: c.Attempts})
	}
	return struct{}{}, nil
}

// settle moves the callback on: it arrived, is tried again, or is given up.
func (c *Callback) settle(in settle, pauses courier.Schedule, now time.Time) {
	c.Reason, c.StatusCode, c.TriedAt = in.Failure, in.Receipt.StatusCode, &in.At
	wait, again := pauses.Next(c.Attempts-c.RestartedAt, in.Receipt.RetryAfter, in.Random)
	switch {
	case in.Failure == "":
		c.become(Delivered)
		c.EndedAt = &now
	case in.Receipt.Permanent || !again:
		c.become(Failed)
		c.EndedAt = &now
	default:
		c.become(Queued)
		c.NextAt = new(now.Add(wait))
	}
}

// pauses are those between the attempts of a callback, by the setting as it applies to its owner now.
func (s *Slice) pauses(ctx context.Context, q pg.Querier, c Callback) (courier.Schedule, error) {
	longest, err := s.limits.Int(ctx, q, "judge0.callback.retry.longest_ms", execution.Subject{User: c.OwnerID, Project: c.ProjectID, Organization: c.OrganizationID})
	if err != nil {
		return courier.Schedule{}, err
	}
	return schedule.Within(time.Duration(longest.Int()) * time.Millisecond), nil
}
