package notification

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Delete removes a notification from its inbox.
type Delete struct {
	ID ident.ID `json:"id"`
}

func (s *Slice) remove(ctx context.Context, tx *command.Tx, in Delete) (struct{}, error) {
	n, err := s.own(ctx, tx, in.ID)
	if err != nil {
		return struct{}{}, err
	}
	if n.Status == Pending {
		return struct{}{}, fault.New(fault.Conflict, "notification.pending", "This notification has yet to be told.")
	}
	if err := s.store.Delete(ctx, tx.Tx, n.ID); err != nil {
		return struct{}{}, fmt.Errorf("delete notification: %w", err)
	}
	return struct{}{}, s.emit(ctx, tx, n.UserID, Deleted{NotificationID: n.ID})
}
