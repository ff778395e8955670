package notification

import (
	"context"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Told is a delivery with where it goes and how its last attempt went.
type Told struct {
	ID         ident.ID   `db:"id"`
	Channel    Channel    `db:"channel"`
	Host       string     `db:"host"`
	Status     Status     `db:"status"`
	Attempts   int        `db:"attempts"`
	Reason     string     `db:"reason"`
	NextAt     time.Time  `db:"next_at"`
	EndedAt    *time.Time `db:"ended_at"`
	StatusCode int        `db:"status_code"` // 0: there was no answer, or no attempt
	TriedAt    *time.Time `db:"tried_at"`
}

// AboutExecution lists what a user's notifications about an execution sent to the user's channels, oldest first. It asks for
// nobody's permission: it is for who acts for that user.
func (s *Slice) AboutExecution(ctx context.Context, q pg.Querier, user, execution ident.ID) ([]Told, error) {
	all, err := s.store.ToldAbout(ctx, q, user, tagExecution+execution.String())
	if err != nil {
		return nil, fmt.Errorf("read deliveries: %w", err)
	}
	return all, nil
}
