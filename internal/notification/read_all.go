package notification

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
)

// MarkAllRead says that the caller has seen everything.
type MarkAllRead struct{}

// markAllRead tells how many there were.
func (s *Slice) markAllRead(ctx context.Context, tx *command.Tx, _ MarkAllRead) (int64, error) {
	if err := s.store.LockInbox(ctx, tx.Tx, tx.Actor.ID); err != nil {
		return 0, fmt.Errorf("lock inbox: %w", err)
	}
	n, err := s.store.ReadAll(ctx, tx.Tx, tx.Actor.ID, tx.Now)
	if err != nil {
		return 0, fmt.Errorf("mark notifications read: %w", err)
	}
	if n == 0 {
		return 0, nil
	}
	return n, s.emit(ctx, tx, tx.Actor.ID, AllRead{Count: n})
}
