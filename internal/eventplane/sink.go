package eventplane

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
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

var registryURL = regexp.MustCompile(`^https?://[^/@?#]+(/[^?#]*)?$`)

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
	claimSink   = `UPDATE sink SET epoch = $2 WHERE id = $1 AND enabled AND epoch <= $2`
	moveSink    = `UPDATE sink SET position = $3, sent = sent + $4, error = '', failing_since = NULL,
	sent_at = CASE WHEN $4 > 0 THEN now() ELSE sent_at END WHERE id = $1 AND epoch = $2 AND enabled AND version = $5`
	failSink    = `UPDATE sink SET error = $3, failing_since = coalesce(failing_since, $5) WHERE id = $1 AND epoch = $2 AND enabled AND version = $4`
	sinkOurs    = `SELECT EXISTS (SELECT FROM sink WHERE id = $1 AND epoch = $2 AND enabled AND version = $3)`
	enabledSink = `SELECT id FROM sink WHERE enabled`
)

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

func (s *Slice) lockedSink(ctx context.Context, tx *command.Tx, id ident.ID) (Sink, error) {
	sink, err := pg.One[Sink](ctx, tx, lockSink, id)
	if err != nil {
		return sink, fmt.Errorf("read sink: %w", command.NotFoundIfNoRows(err))
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
