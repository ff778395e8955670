package notification

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Send tells somebody something, now or at a time: operators announce maintenance by it.
type Send struct {
	UserID   ident.ID   `json:"user_id"` // zero: all operators
	Severity string     `json:"severity"`
	Title    string     `json:"title"`
	Body     string     `json:"body"`
	Tags     []string   `json:"tags"`
	At       *time.Time `json:"at"` // at most 25 days ahead
}

const (
	furthest = 25 * 24 * time.Hour
	keptFor  = 30 * 24 * time.Hour
)

// Validate checks the input's shape.
func (c Send) Validate() error {
	if _, err := ParseSeverity(c.Severity); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(c.Title); n == 0 || n > maxTitle {
		return fault.New(fault.Invalid, "notification.title", "A title has 1 to %d characters.", maxTitle).At("body.title", "is empty or too long")
	}
	if utf8.RuneCountInString(c.Body) > maxBody {
		return fault.New(fault.Invalid, "notification.body", "A text has at most %d characters.", maxBody).At("body.body", "is too long")
	}
	return checkTags("tags", c.Tags)
}

func (s *Slice) sendMessage(ctx context.Context, tx *command.Tx, in Send) (struct{}, error) {
	severity, err := ParseSeverity(in.Severity)
	if err != nil {
		return struct{}{}, err
	}
	if in.At != nil && in.At.After(tx.Now.Add(furthest)) {
		return struct{}{}, fault.New(fault.Invalid, "notification.too_far", "A notification can wait for 25 days at most.").At("body.at", "is more than 25 days ahead")
	}
	to := []ident.ID{in.UserID}
	if in.UserID.IsZero() {
		if to, err = s.people.Operators(ctx, tx); err != nil {
			return struct{}{}, fmt.Errorf("list operators: %w", err)
		}
	}
	notice := Notice{Cause: CauseMessage, Severity: severity, Title: in.Title, Body: in.Body, Tags: append([]string{CauseMessage}, in.Tags...)}
	source := tx.NewID()
	for _, user := range to {
		if in.At == nil || !in.At.After(tx.Now) {
			err = s.tell(ctx, tx, user, notice, source)
		} else {
			err = s.schedule(ctx, tx, notice.of(user, tx.NewID(), source, tx.Now), *in.At)
		}
		if err != nil {
			return struct{}{}, err
		}
	}
	tx.Audit(Kind, in.UserID, map[string]any{"source_id": source, "severity": in.Severity})
	return struct{}{}, nil
}

func (s *Slice) schedule(ctx context.Context, tx *command.Tx, n Notification, at time.Time) error {
	n.Status, n.DeliverAt = Pending, at
	if _, err := s.store.Insert(ctx, tx.Tx, n); err != nil {
		return fmt.Errorf("store notification: %w", err)
	}
	tx.AfterCommit(s.courier.Wake)
	return nil
}
