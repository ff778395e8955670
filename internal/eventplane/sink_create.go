package eventplane

import (
	"context"
	"fmt"
	"regexp"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// CreateSink makes a sink that gets what happens from now on, or from the log's beginning.
type CreateSink struct {
	Name, Address, Prefix string
	Kind                  SinkKind
	Secret                secret.String // user:password; empty: none
	Registry              string        // of Kafka: URL of a schema registry
	RegistrySecret        secret.String // user:password; empty: none
	OrganizationID        ident.ID
	Types                 []string
	AggregateKind         string
	Everything            bool // from the log's beginning
}

var (
	sinkName   = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
	sinkPrefix = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)
)

// Validate checks the input's shape.
func (c CreateSink) Validate() error {
	switch {
	case !sinkName.MatchString(c.Name):
		return badSink("name", "is lower-case letters, digits and dashes, 63 at most")
	case !sinkPrefix.MatchString(c.Prefix):
		return badSink("prefix", "is lower-case letters, digits, dashes and underscores, 63 at most")
	case c.Kind != JetStream && c.Kind != Kafka:
		return badSink("kind", "is jetstream or kafka")
	case !c.RegistrySecret.IsEmpty() && c.Registry == "":
		return badSink("schema_registry", "is missing, and has credentials")
	}
	return Sink{Kind: c.Kind, Address: c.Address, Registry: c.Registry}.check()
}

const (
	insertSink = `
INSERT INTO sink (id, version, name, kind, address, prefix, sealed_secret, organization_id, types, aggregate_kind, enabled, created_at, position, registry, sealed_registry_secret)
VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, true, $10, $11, $12, $13)`
	countSinks = `SELECT count(*) FROM sink WHERE organization_id = $1`
)

func (s *Slice) createSink(ctx context.Context, tx *command.Tx, c CreateSink) (Sink, error) {
	sink := Sink{
		ID: tx.NewID(), Version: 1, Name: c.Name, Kind: c.Kind, Address: c.Address, Prefix: c.Prefix, OrganizationID: c.OrganizationID,
		Types: c.Types, AggregateKind: c.AggregateKind, Enabled: true, CreatedAt: tx.Now, Registry: c.Registry,
	}
	if !c.OrganizationID.IsZero() {
		if err := s.admitSink(ctx, tx, sink); err != nil {
			return Sink{}, err
		}
	}
	if sink.Types == nil {
		sink.Types = []string{}
	}
	if !c.Secret.IsEmpty() {
		sink.SealedSecret = s.needs.Keys.Seal(c.Secret, sinkPurpose(sink.ID))
	}
	if !c.RegistrySecret.IsEmpty() {
		sink.SealedRegistry = s.needs.Keys.Seal(c.RegistrySecret, registryPurpose(sink.ID))
	}
	head, err := eventlog.Head(ctx, tx)
	if err != nil {
		return sink, err
	}
	if sink.Lag = head; !c.Everything {
		sink.Position, sink.Lag = head, 0
	}
	_, err = tx.Exec(ctx, insertSink, sink.ID, sink.Name, sink.Kind, sink.Address, sink.Prefix, sink.SealedSecret, sink.OrganizationID,
		sink.Types, sink.AggregateKind, sink.CreatedAt, sink.Position, sink.Registry, sink.SealedRegistry)
	if pg.IsUniqueViolation(err, "sink_name_key") {
		return sink, fault.New(fault.Conflict, "sink.name_taken", "There is a sink named %q.", c.Name)
	}
	if err != nil {
		return sink, fmt.Errorf("store sink: %w", err)
	}
	tx.Emit(eventlog.Aggregate{Kind: sinkKind, ID: sink.ID, Version: 1}, SinkCreated{Kind: sink.Kind, OrganizationID: sink.OrganizationID})
	tx.AfterCommit(s.sinkBell.Ring)
	return sink, nil
}

// admitSink tells whether an organization may have another sink, at that address.
func (s *Slice) admitSink(ctx context.Context, tx *command.Tx, sink Sink) error {
	if err := s.mayReach(sink); err != nil {
		return err
	}
	return s.admit(ctx, tx, "sink.per_organization", countSinks, sink.OrganizationID, "This organization has %d sinks; %d are allowed. Delete one, or ask for more.")
}

// SinkCreated says that another system gets events.
type SinkCreated struct {
	Kind           SinkKind `json:"kind"`
	OrganizationID ident.ID `json:"organization_id,omitzero"`
}

// EventType implements eventlog.Fact.
func (SinkCreated) EventType() string { return "sink.created.v1" }
