package eventplane

import (
	"context"
	"fmt"
	"slices"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// UpdateSink changes how a sink is reached and what it gets from where it is. What is nil stays.
type UpdateSink struct {
	ID             ident.ID
	Address        *string
	Secret         *secret.String // user:password; empty: none
	Registry       *string        // empty: none, and no credentials for it
	RegistrySecret *secret.String
	Types          *[]string // empty: all
	AggregateKind  *string   // empty: all
}

const updateSink = `
UPDATE sink SET version = $2, address = $3, sealed_secret = $4, registry = $5, sealed_registry_secret = $6, types = $7, aggregate_kind = $8,
	error = CASE WHEN enabled THEN '' ELSE error END, failing_since = NULL WHERE id = $1`

func (s *Slice) updateSink(ctx context.Context, tx *command.Tx, c UpdateSink) (Sink, error) {
	sink, err := s.lockedSink(ctx, tx, c.ID)
	if err != nil {
		return sink, err
	}
	was := sink
	set(&sink.Address, c.Address)
	set(&sink.Registry, c.Registry)
	set(&sink.AggregateKind, c.AggregateKind)
	if c.Types != nil {
		sink.Types = append([]string{}, *c.Types...)
	}
	if sink.SealedSecret, err = s.reseal(was.SealedSecret, c.Secret, sinkPurpose(c.ID), sink.Address != was.Address, "credentials"); err != nil {
		return was, err
	}
	if sink.Registry == "" {
		was.SealedRegistry = nil
	}
	if sink.SealedRegistry, err = s.reseal(was.SealedRegistry, c.RegistrySecret, registryPurpose(c.ID), sink.Registry != was.Registry, "schema_registry_credentials"); err != nil {
		return was, err
	}
	if err := sink.check(); err != nil {
		return was, err
	}
	if !sink.OrganizationID.IsZero() {
		if err := s.mayReach(sink); err != nil {
			return was, err
		}
	}
	if sink.Version++; sink.Enabled {
		sink.Error = ""
	}
	sink.FailingSince = nil
	if _, err := tx.Exec(ctx, updateSink, c.ID, sink.Version, sink.Address, sink.SealedSecret, sink.Registry, sink.SealedRegistry, sink.Types, sink.AggregateKind); err != nil {
		return was, fmt.Errorf("store sink: %w", err)
	}
	tx.Emit(eventlog.Aggregate{Kind: sinkKind, ID: c.ID, Version: sink.Version}, SinkUpdated{
		Address: sink.Address != was.Address, Credentials: c.Secret != nil,
		Registry: sink.Registry != was.Registry || c.RegistrySecret != nil,
		Filter:   !slices.Equal(sink.Types, was.Types) || sink.AggregateKind != was.AggregateKind,
	})
	tx.AfterCommit(s.sinkBell.Ring)
	return sink, nil
}

func set[T any](into, value *T) {
	if value != nil {
		*into = *value
	}
}

// reseal gives the credentials that are kept from now on. Those that are kept already
// are not shown to another address: whoever gives it may not know them.
func (s *Slice) reseal(kept []byte, given *secret.String, purpose string, moved bool, field string) ([]byte, error) {
	switch {
	case given == nil && moved && kept != nil:
		return nil, fault.New(fault.Invalid, "sink.credentials", "The credentials were meant for the other address. Give those for this one, or none.").
			At("body."+field, "must be given with another address")
	case given == nil:
		return kept, nil
	case given.IsEmpty():
		return nil, nil
	}
	return s.needs.Keys.Seal(*given, purpose), nil
}

// SinkUpdated says what was changed about a sink; not from or to what.
type SinkUpdated struct {
	Address     bool `json:"address,omitempty"`
	Credentials bool `json:"credentials,omitempty"`
	Registry    bool `json:"registry,omitempty"` // or its credentials
	Filter      bool `json:"filter,omitempty"`   // which events it gets
}

// EventType implements eventlog.Fact.
func (SinkUpdated) EventType() string { return "sink.updated.v1" }
