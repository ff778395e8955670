package notification

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// release tells what has waited for its time: digests and scheduled messages.
type release struct {
	ID ident.ID `json:"id"`
}

const releaseBatch = 100

// releaseDue releases everything whose time has come.
func (s *Slice) releaseDue(ctx context.Context) error {
	due, err := s.store.Due(ctx, s.runner.DB, s.runner.Clock(), releaseBatch)
	if err != nil {
		return fmt.Errorf("find due notifications: %w", err)
	}
	for _, n := range due {
		if _, err := s.release(s.asSystem(ctx), release{ID: n.ID}); err != nil {
			return fmt.Errorf("release notification %s: %w", n.ID, err)
		}
	}
	return nil
}

func (s *Slice) releaseNotification(ctx context.Context, tx *command.Tx, in release) (struct{}, error) {
	found, err := s.store.Get(ctx, tx, in.ID)
	if err != nil {
		return struct{}{}, command.NotFoundIfNoRows(err)
	}
	if err := s.store.LockInbox(ctx, tx.Tx, found.UserID); err != nil {
		return struct{}{}, fmt.Errorf("lock inbox: %w", err)
	}
	n, err := s.store.Get(ctx, tx, in.ID) // as it is under the lock
	if err != nil || n.Status != Pending {
		return struct{}{}, err // another replica was faster
	}
	if n.Cause == CauseDigest {
		if err := s.summarize(ctx, tx, &n); err != nil {
			return struct{}{}, err
		}
	}
	subscriptions, _, err := s.wanting(ctx, tx, n.UserID, n.Severity, n.Tags)
	if err != nil {
		return struct{}{}, err
	}
	n.Status, n.Reason = n.inConsole(subscriptions)
	if err := s.store.SetStatus(ctx, tx.Tx, n); err != nil {
		return struct{}{}, fmt.Errorf("store notification: %w", err)
	}
	return struct{}{}, s.spread(ctx, tx, n, subscriptions)
}

// Forget deletes what is older than 30 days, in the inbox and on the way.
func (s *Slice) Forget(ctx context.Context) error {
	_, err := s.store.Forget(ctx, s.runner.DB, s.runner.Clock().Add(-keptFor))
	return err
}
