package eventplane

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// PauseSink stops a sink for a while, ResumeSink goes on where it was.
type (
	PauseSink  struct{ ID ident.ID }
	ResumeSink struct{ ID ident.ID }
)

// haltSink pauses a sink whose system will not have an event however often it is sent.
type haltSink struct {
	held
	Reason string
}

const (
	enableSink = `UPDATE sink SET version = version + 1, enabled = $2, error = $3, failing_since = NULL WHERE id = $1`
	lockHeld   = selectSink + ` AND s.epoch = $2 AND s.version = $3 AND s.enabled FOR UPDATE OF s`
)

func (s *Slice) pauseSink(ctx context.Context, tx *command.Tx, c PauseSink) (Sink, error) {
	return s.enable(ctx, tx, c.ID, false)
}

func (s *Slice) resumeSink(ctx context.Context, tx *command.Tx, c ResumeSink) (Sink, error) {
	return s.enable(ctx, tx, c.ID, true)
}

func (s *Slice) haltSink(ctx context.Context, tx *command.Tx, c haltSink) (Sink, error) {
	sink, err := s.heldSink(ctx, tx, c.held)
	if err != nil || sink.ID.IsZero() {
		return sink, err
	}
	return s.switched(tx, sink, false, c.Reason), nil
}

func (s *Slice) enable(ctx context.Context, tx *command.Tx, id ident.ID, enabled bool) (Sink, error) {
	sink, err := s.lockedSink(ctx, tx, id)
	if err != nil || sink.Enabled == enabled {
		return sink, err
	}
	return s.switched(tx, sink, enabled, ""), nil
}

// switched pauses a sink or goes on with it.
func (s *Slice) switched(tx *command.Tx, sink Sink, enabled bool, reason string) Sink {
	sink.Enabled, sink.Version, sink.Error, sink.FailingSince = enabled, sink.Version+1, reason, nil
	tx.Defer(enableSink, sink.ID, enabled, reason)
	tx.Emit(eventlog.Aggregate{Kind: sinkKind, ID: sink.ID, Version: sink.Version}, SinkSwitched{Enabled: enabled, Halted: !enabled && reason != ""})
	tx.AfterCommit(s.sinkBell.Ring)
	return sink
}

// heldSink locks the sink that a feeder has; none if it is not that feeder's any more.
func (s *Slice) heldSink(ctx context.Context, tx *command.Tx, h held) (Sink, error) {
	sink, err := pg.OneOrZero[Sink](ctx, tx, lockHeld, h.ID, h.Epoch, h.Version)
	if err != nil {
		return sink, fmt.Errorf("read sink: %w", err)
	}
	return sink, nil
}

// SinkSwitched says that a sink pauses or goes on.
type SinkSwitched struct {
	Enabled bool `json:"enabled"`
	Halted  bool `json:"halted,omitempty"` // Stoa paused it: sending again would change nothing
}

// EventType implements eventlog.Fact.
func (SinkSwitched) EventType() string { return "sink.switched.v1" }
