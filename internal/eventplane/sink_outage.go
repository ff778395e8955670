package eventplane

import (
	"context"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// noteOutage says that a sink has been failing for long, once; and once that it works
// again. An outage ends when something arrives: pausing or changing the sink does not end it.
type noteOutage struct{ held }

const setOutage = `UPDATE sink SET version = $2, outage_since = $3 WHERE id = $1`

func (s *Slice) outage(ctx context.Context, tx *command.Tx, c noteOutage) (Sink, error) {
	sink, err := s.heldSink(ctx, tx, c.held)
	if err != nil || sink.ID.IsZero() {
		return sink, err
	}
	var fact eventlog.Fact
	switch began := sink.FailingSince; {
	case began == nil && sink.OutageSince != nil:
		fact = SinkRecovered{FailedSince: *sink.OutageSince}
	case began != nil && sink.OutageSince == nil:
		after, err := s.needs.Limits.Int(ctx, tx, "sink.failing.notice_ms", ident.ID{}, tx.Scope)
		if err != nil {
			return sink, err
		}
		if tx.Now.Sub(*began) < time.Duration(after.Int())*time.Millisecond {
			return sink, nil
		}
		fact = SinkFailing{Since: *began}
	default:
		return sink, nil
	}
	sink.Version, sink.OutageSince = sink.Version+1, sink.FailingSince
	tx.Defer(setOutage, sink.ID, sink.Version, sink.OutageSince)
	tx.Emit(eventlog.Aggregate{Kind: sinkKind, ID: sink.ID, Version: sink.Version}, fact)
	return sink, nil
}

// SinkFailing says that a sink's system has taken nothing for long.
type SinkFailing struct {
	Since time.Time `json:"since"`
}

// EventType implements eventlog.Fact.
func (SinkFailing) EventType() string { return "sink.failing.v1" }

// SinkRecovered says that the system takes events again, after it was said that it did not.
type SinkRecovered struct {
	FailedSince time.Time `json:"failed_since"`
}

// EventType implements eventlog.Fact.
func (SinkRecovered) EventType() string { return "sink.recovered.v1" }
