package notification

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/stoa-cloud/stoa/internal/platform/command"
)

// expectDigest makes sure that what is held back is told in the end: one notification
// that waits until the window is over.
func (s *Slice) expectDigest(ctx context.Context, tx *command.Tx, held Notification) error {
	digest := Notice{Cause: CauseDigest, Severity: held.Severity, Title: "More notifications", Tags: []string{tagDigest}}.
		of(held.UserID, tx.NewID(), tx.NewID(), tx.Now)
	digest.Status, digest.DeliverAt = Pending, tx.Now.Add(window)
	if _, err := s.store.Insert(ctx, tx.Tx, digest); err != nil { // there is one already, most of the time
		return fmt.Errorf("store digest: %w", err)
	}
	return nil
}

// summarize writes what a digest has to say, of everything that was held back since it began to wait.
func (s *Slice) summarize(ctx context.Context, tx *command.Tx, n *Notification) error {
	tallies, tags, err := s.store.HeldBack(ctx, tx, n.UserID, n.Severity, n.CreatedAt)
	if err != nil {
		return fmt.Errorf("summarize what was held back: %w", err)
	}
	total := 0
	lines := make([]string, len(tallies))
	for i, t := range tallies {
		total += t.Count
		lines[i] = fmt.Sprintf("%d × %s", t.Count, t.Title)
	}
	n.Title = fmt.Sprintf("%d more notifications", total)
	if total == 1 {
		n.Title = "1 more notification"
	}
	n.Body, n.Link = cut(strings.Join(lines, "\n"), maxBody), "/notifications"
	n.Tags = []string{tagDigest}
	for _, tag := range tags {
		if !slices.Contains(n.Tags, tag) {
			n.Tags = append(n.Tags, tag)
		}
	}
	return nil
}
