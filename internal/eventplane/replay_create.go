package eventplane

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// replayKind is what events call a replay.
const replayKind = "replay"

// CreateReplay makes a replay of what is in the log now.
type CreateReplay struct {
	ReplayAim
	DryRun bool // count, and stay a preview until it is started
	Start  bool // at once; else when StartAt has come, or when somebody says so
}

// CreatedReplay is a new replay. Secret signs its callbacks; it is shown this once.
type CreatedReplay struct {
	Replay Replay
	Secret secret.String `json:"-"`
}

// Validate checks the input's shape.
func (c CreateReplay) Validate() error {
	bad := func(field, why string) error {
		return fault.New(fault.Invalid, "replay.invalid", "There cannot be such a replay: %s %s.", field, why).At("body."+field, why)
	}
	switch {
	case len(c.Name) > 200:
		return bad("name", "is 200 characters at most")
	case c.Speed != 0 && (c.Speed < 0.1 || c.Speed > 100):
		return bad("speed", "is from 0.1 to 100, or absent")
	case c.Batch < 1 || c.Batch > 1000:
		return bad("batch", "is from 1 to 1000")
	case c.MaxEvents < 1 || c.MaxEvents > 1_000_000:
		return bad("max_events", "are from 1 to 1000000")
	case c.From != nil && c.To != nil && !c.From.Before(*c.To):
		return bad("to", "is after from")
	case (c.Target == ToCallback) != (c.URL != ""):
		return bad("url", "is where a callback goes, and of nothing else")
	case (c.Target == ToConsumer) != (c.Consumer != ""):
		return bad("consumer", "is who gets a replay to a consumer, and of nothing else")
	case !slices.Contains([]Target{ToBus, ToConsumer, ToCallback, ToFile}, c.Target):
		return bad("target", "is bus, consumer, callback or file")
	case !c.OrganizationID.IsZero() && c.Target != ToCallback && c.Target != ToFile:
		return bad("target", "is callback or file when it is an organization's own")
	case c.Start && (c.DryRun || c.StartAt != nil):
		return bad("start", "is at once: not with dry_run or start_at")
	}
	return nil
}

func (s *Slice) createReplay(ctx context.Context, tx *command.Tx, c CreateReplay) (made CreatedReplay, err error) {
	r := Replay{ID: tx.NewID(), Version: 1, Status: Created, ReplayAim: c.ReplayAim, CreatedBy: tx.Actor.ID, CreatedAt: tx.Now, Position: c.AfterPosition}
	r.Name = strings.TrimSpace(r.Name)
	if !c.OrganizationID.IsZero() {
		if err := s.admit(ctx, tx, "replay.per_organization", countReplays, c.OrganizationID, "This organization has %d replays; %d are allowed. Delete one that has ended, or ask for more."); err != nil {
			return made, err
		}
	}
	switch {
	case c.Target == ToConsumer && !s.needs.Letters.Replayable(c.Consumer):
		return made, fault.New(fault.Conflict, "replay.not_replayable", "The consumer %q does not say that events may be handled again.", c.Consumer)
	case c.Target == ToCallback:
		if err := s.needs.Caller.CheckURL(c.URL); err != nil {
			return made, err
		}
		made.Secret = s.needs.Caller.NewSecret()
		r.SealedSecret = s.needs.Keys.Seal(made.Secret, secretPurpose(r.ID))
	}
	if r.Through, err = eventlog.Head(ctx, tx); err != nil {
		return made, err
	}
	if err := s.countUp(ctx, tx, &r); err != nil {
		return made, err
	}
	switch {
	case c.DryRun:
		r.Status = Preview
	case c.StartAt != nil:
		r.Status = Scheduled
	case c.Start:
		r.Status, r.StartedAt = Running, &tx.Now
		tx.AfterCommit(s.replayBell.Ring)
	}
	insertRow(tx, r)
	tx.Emit(eventlog.Aggregate{Kind: replayKind, ID: r.ID, Version: 1}, ReplayMade{Target: r.Target, Consumer: r.Consumer, Status: r.Status, Total: r.Total})
	made.Replay = r
	return made, nil
}

func (s *Slice) countUp(ctx context.Context, q pg.Querier, r *Replay) error {
	counts, err := eventlog.CountRange(ctx, q, r.AfterPosition, r.Through, r.MaxEvents, r.filter())
	if err != nil {
		return err
	}
	for _, n := range counts {
		r.Total += n
	}
	r.Counts, err = json.Marshal(counts)
	return err
}

func secretPurpose(id ident.ID) string { return "replay/" + id.String() + "/secret" }

// ReplayMade says that a replay was asked for.
type ReplayMade struct {
	Target   Target       `json:"target"`
	Consumer string       `json:"consumer,omitempty"`
	Status   ReplayStatus `json:"status"`
	Total    int64        `json:"total"`
}

// EventType implements eventlog.Fact.
func (ReplayMade) EventType() string { return "replay.created.v1" }

// ReplayMoved says that a replay has another status.
type ReplayMoved struct {
	Status ReplayStatus `json:"status"`
	Was    ReplayStatus `json:"was"`
	Sent   int64        `json:"sent"`
	Failed int64        `json:"failed"`

	OwnerID ident.ID `json:"owner_id,omitzero"` // who made it
}

// EventType implements eventlog.Fact.
func (ReplayMoved) EventType() string { return "replay.moved.v1" }
