package eventplane

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// sinkKind is what events call a sink.
const sinkKind = "sink"

// SinkKind says what sort of system a sink is.
type SinkKind string

// The kinds of sink.
const (
	JetStream SinkKind = "jetstream" // NATS: a stream for each area, message id = event id
	Kafka     SinkKind = "kafka"     // a topic for each area, key = what the event is about
)

// Sink is another system that gets the log's events as they happen, in order and each
// at least once.
type Sink struct {
	ID             ident.ID   `db:"id"`
	Version        int64      `db:"version"`
	Name           string     `db:"name"`
	Kind           SinkKind   `db:"kind"`
	Address        string     `db:"address"`
	Prefix         string     `db:"prefix"`
	SealedSecret   []byte     `db:"sealed_secret" json:"-"`
	Registry       string     `db:"registry"` // URL of a schema registry; empty: none
	SealedRegistry []byte     `db:"sealed_registry_secret" json:"-"`
	OrganizationID ident.ID   `db:"organization_id"` // whose own it is, and whose events it gets; zero: the platform's, everybody's
	Types          []string   `db:"types"`
	AggregateKind  string     `db:"aggregate_kind"`
	Enabled        bool       `db:"enabled"`
	CreatedAt      time.Time  `db:"created_at"`
	Position       int64      `db:"position"`
	Sent           int64      `db:"sent"`
	Error          string     `db:"error"`
	FailingSince   *time.Time `db:"failing_since"`
	OutageSince    *time.Time `db:"outage_since"` // since when it failed, when who looks after it was told; nil once something arrived
	SentAt         *time.Time `db:"sent_at"`
	Lag            int64      `db:"lag"` // positions behind the head
}

func (s Sink) filter() eventlog.Filter {
	f := eventlog.Filter{Types: s.Types, AggregateKind: s.AggregateKind}
	if !s.OrganizationID.IsZero() {
		f.Scope = &eventlog.Scope{Whole: []ident.ID{s.OrganizationID}}
	}
	return f
}

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

// haltSink pauses a sink whose system will not have an event however often it is sent.
type haltSink struct {
	held
	Reason string
}

// PauseSink stops a sink for a while, ResumeSink goes on where it was, DeleteSink forgets it.
type (
	PauseSink  struct{ ID ident.ID }
	ResumeSink struct{ ID ident.ID }
	DeleteSink struct{ ID ident.ID }
)

var (
	sinkName   = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
	sinkPrefix = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)

	registryURL = regexp.MustCompile(`^https?://[^/@?#]+(/[^?#]*)?$`)
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

// check refuses what a sink cannot be reached by.
func (s Sink) check() error {
	switch {
	case s.Address == "" || len(s.Address) > 1000:
		return badSink("address", "is where the system is reached")
	case s.Registry != "" && s.Kind != Kafka:
		return badSink("schema_registry", "is Kafka's")
	case s.SealedRegistry != nil && s.Registry == "":
		return badSink("schema_registry", "is missing, and has credentials")
	case s.Registry != "" && !registryURL.MatchString(s.Registry):
		return badSink("schema_registry", "is a URL, without credentials")
	}
	return nil
}

func badSink(field, why string) error {
	return fault.New(fault.Invalid, "sink.invalid", "There cannot be such a sink: its %s %s.", field, why).At("body."+field, why)
}

const (
	sinkColumns = `s.id, s.version, s.name, s.kind, s.address, s.prefix, s.sealed_secret, s.registry, s.sealed_registry_secret, s.organization_id, s.types, s.aggregate_kind, s.enabled,
	s.created_at, s.position, s.sent, s.error, s.failing_since, s.outage_since, s.sent_at, q.position - s.position AS lag`
	selectSinks = `SELECT ` + sinkColumns + ` FROM sink s, sequencer q WHERE $1 OR s.organization_id = ANY($2) ORDER BY s.name, s.id`
	selectSink  = `SELECT ` + sinkColumns + ` FROM sink s, sequencer q WHERE s.id = $1`
	lockSink    = selectSink + ` FOR UPDATE OF s`
	lockHeld    = selectSink + ` AND s.epoch = $2 AND s.version = $3 AND s.enabled FOR UPDATE OF s`
	insertSink  = `
INSERT INTO sink (id, version, name, kind, address, prefix, sealed_secret, organization_id, types, aggregate_kind, enabled, created_at, position, registry, sealed_registry_secret)
VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, true, $10, $11, $12, $13)`
	countSinks = `SELECT count(*) FROM sink WHERE organization_id = $1`
	enableSink = `UPDATE sink SET version = version + 1, enabled = $2, error = $3, failing_since = NULL WHERE id = $1`
	deleteSink = `DELETE FROM sink WHERE id = $1`
	claimSink  = `UPDATE sink SET epoch = $2 WHERE id = $1 AND enabled AND epoch <= $2`
	moveSink   = `UPDATE sink SET position = $3, sent = sent + $4, error = '', failing_since = NULL,
	sent_at = CASE WHEN $4 > 0 THEN now() ELSE sent_at END WHERE id = $1 AND epoch = $2 AND enabled AND version = $5`
	failSink    = `UPDATE sink SET error = $3, failing_since = coalesce(failing_since, $5) WHERE id = $1 AND epoch = $2 AND enabled AND version = $4`
	sinkOurs    = `SELECT EXISTS (SELECT FROM sink WHERE id = $1 AND epoch = $2 AND enabled AND version = $3)`
	enabledSink = `SELECT id FROM sink WHERE enabled`
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
	tx.AfterCommit(s.wakeSinks)
	return sink, nil
}

// admitSink tells whether an organization may have another sink, at that address.
func (s *Slice) admitSink(ctx context.Context, tx *command.Tx, sink Sink) error {
	if err := s.mayReach(sink); err != nil {
		return err
	}
	return s.admit(ctx, tx, "sink.per_organization", countSinks, sink.OrganizationID, "This organization has %d sinks; %d are allowed. Delete one, or ask for more.")
}

// mayReach tells whether an organization's sink may be at its addresses.
func (s *Slice) mayReach(sink Sink) error {
	if err := s.needs.Guard.CheckHosts(sink.Address); err != nil {
		return err
	}
	if sink.Registry == "" {
		return nil
	}
	return s.needs.Caller.CheckURL(sink.Registry)
}

func sinkPurpose(id ident.ID) string     { return "sink/" + id.String() + "/secret" }
func registryPurpose(id ident.ID) string { return "sink/" + id.String() + "/registry" }

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
	tx.AfterCommit(s.wakeSinks)
	return sink
}

func (s *Slice) deleteSink(ctx context.Context, tx *command.Tx, c DeleteSink) (none struct{}, err error) {
	sink, err := s.lockedSink(ctx, tx, c.ID)
	if err != nil {
		return none, err
	}
	tx.Defer(deleteSink, c.ID)
	tx.Emit(eventlog.Aggregate{Kind: sinkKind, ID: c.ID, Version: sink.Version + 1}, SinkDeleted{})
	return none, nil
}

func (s *Slice) lockedSink(ctx context.Context, tx *command.Tx, id ident.ID) (Sink, error) {
	sink, err := pg.One[Sink](ctx, tx, lockSink, id)
	if err != nil {
		return sink, fmt.Errorf("read sink: %w", command.NotFoundIfNoRows(err))
	}
	return sink, nil
}

// heldSink locks the sink that a feeder has; none if it is not that feeder's any more.
func (s *Slice) heldSink(ctx context.Context, tx *command.Tx, h held) (Sink, error) {
	sink, err := pg.One[Sink](ctx, tx, lockHeld, h.ID, h.Epoch, h.Version)
	if errors.Is(err, pgx.ErrNoRows) {
		return Sink{}, nil
	}
	if err != nil {
		return sink, fmt.Errorf("read sink: %w", err)
	}
	return sink, nil
}

func (s *Slice) sinks(ctx context.Context, q command.Query, _ struct{}) ([]Sink, error) {
	everybodys, own, err := s.managed(q.Actor)
	if err != nil {
		return nil, err
	}
	all, err := pg.All[Sink](ctx, q, selectSinks, everybodys, own)
	if err != nil {
		return nil, fmt.Errorf("list sinks: %w", err)
	}
	return all, nil
}

// SinkCreated says that another system gets events.
type SinkCreated struct {
	Kind           SinkKind `json:"kind"`
	OrganizationID ident.ID `json:"organization_id,omitzero"`
}

// EventType implements eventlog.Fact.
func (SinkCreated) EventType() string { return "sink.created.v1" }

// SinkSwitched says that a sink pauses or goes on.
type SinkSwitched struct {
	Enabled bool `json:"enabled"`
	Halted  bool `json:"halted,omitempty"` // Stoa paused it: sending again would change nothing
}

// EventType implements eventlog.Fact.
func (SinkSwitched) EventType() string { return "sink.switched.v1" }

// SinkDeleted says that another system gets no more events.
type SinkDeleted struct{}

// EventType implements eventlog.Fact.
func (SinkDeleted) EventType() string { return "sink.deleted.v1" }
