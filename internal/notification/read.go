package notification

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// MarkRead says that its user has seen a notification, or has followed its link.
type MarkRead struct {
	ID      ident.ID `json:"id"`
	Clicked bool     `json:"clicked"`
}

func (s *Slice) markRead(ctx context.Context, tx *command.Tx, in MarkRead) (Notification, error) {
	n, err := s.own(ctx, tx, in.ID)
	if err != nil {
		return Notification{}, err
	}
	next := Read
	if in.Clicked {
		next = Clicked
	}
	if n.Status == next || n.Status == Clicked {
		return n, nil
	}
	if !may(inInbox, n.Status, next) {
		return Notification{}, fault.New(fault.Conflict, "notification.pending", "This notification has yet to be told.")
	}
	n.Status = next
	if n.ReadAt == nil {
		n.ReadAt = new(tx.Now)
	}
	if err := s.store.SetStatus(ctx, tx.Tx, n); err != nil {
		return Notification{}, fmt.Errorf("store notification: %w", err)
	}
	return n, s.emit(ctx, tx, n.UserID, WasRead{NotificationID: n.ID, Clicked: in.Clicked})
}

// own reads a notification with its inbox locked.
func (s *Slice) own(ctx context.Context, tx *command.Tx, id ident.ID) (Notification, error) {
	if err := s.store.LockInbox(ctx, tx.Tx, tx.Scope.Owner); err != nil {
		return Notification{}, fmt.Errorf("lock inbox: %w", err)
	}
	n, err := s.store.Get(ctx, tx, id)
	return n, command.NotFoundIfNoRows(err)
}
