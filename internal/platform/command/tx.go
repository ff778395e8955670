package command

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/audit"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/scrub"
)

// Tx is what a handler works with: rows, the time, the caller, and Emit. Event,
// audit and idempotency rows are buffered and travel with COMMIT in one batch.
type Tx struct {
	*pg.Tx
	Actor Actor
	Scope Scope
	Now   time.Time

	runner   *Runner
	request  *Request
	action   string
	key      *reservation
	presumed func(context.Context) (Actor, bool, error) // until it is certain
	target   eventlog.Aggregate
	detail   any
	events   []eventlog.Event
}

// NewID makes an id.
func (tx *Tx) NewID() ident.ID { return tx.runner.NewID() }

// May refuses what the caller may not do here besides the command itself: another
// slice's door, which the caller's roles or token may be too small for.
func (tx *Tx) May(name string) error {
	return check(tx.runner.Table, name, tx.Actor, tx.Scope)
}

// CorrelationID ties together everything that one request led to.
func (tx *Tx) CorrelationID() string { return tx.request.CorrelationID }

// Emit says what happened to an aggregate. Call it after the row's lock is held,
// with the version that the change gave it.
func (tx *Tx) Emit(a eventlog.Aggregate, fact eventlog.Fact) {
	if tx.target == (eventlog.Aggregate{}) {
		tx.target = a
	}
	e := eventlog.Event{
		ID: tx.NewID(), Type: fact.EventType(), Time: tx.Now,
		AggregateKind: a.Kind, AggregateID: a.ID, Version: a.Version,
		OrganizationID: tx.Scope.Organization, ProjectID: tx.Scope.Project,
		ActorKind: string(tx.Actor.Kind), ActorID: tx.Actor.ID,
		CorrelationID: tx.request.CorrelationID, CausationID: tx.request.Causation,
		Data: tx.clean(fact.EventType(), fact),
	}
	tx.events = append(tx.events, e)
	eventlog.Append(tx.Tx, e)
}

// Audit names the target when it is not the first aggregate that Emit named, and
// adds ids and numbers that the reader of the audit trail needs; never content.
func (tx *Tx) Audit(kind string, id ident.ID, detail any) {
	tx.target = eventlog.Aggregate{Kind: kind, ID: id}
	tx.detail = detail
}

// clean is what may be stored of v. Events and audit hold ids and numbers, so that
// there is nothing to mask; what a handler put there by mistake must not stay for good.
func (tx *Tx) clean(what string, v any) json.RawMessage {
	document, found := scrub.JSON(mustJSON(v))
	if found {
		if tx.runner.Strict {
			panic(fmt.Sprintf("command: %s carries a credential or an address: give ids", what))
		}
		tx.runner.Log.Error("a credential or an address was masked before it was stored", "in", what, "command", tx.action, "correlation_id", tx.request.CorrelationID)
	}
	return document
}

// flush queues what must be committed with the handler's rows.
func (tx *Tx) flush(result any) error {
	if tx.Actor.audited() {
		record := audit.Record{
			ID: tx.NewID(), Time: tx.Now, ActorKind: string(tx.Actor.Kind), ActorID: tx.Actor.ID, CredentialID: tx.Actor.Credential,
			Action: tx.action, Outcome: audit.Done, TargetKind: tx.target.Kind, TargetID: tx.target.ID,
			OrganizationID: tx.Scope.Organization, ProjectID: tx.Scope.Project,
			CorrelationID: tx.request.CorrelationID, RemoteAddress: tx.request.RemoteAddress,
		}
		if tx.detail != nil {
			record.Detail = tx.clean("the audit detail of "+tx.action, tx.detail)
		}
		tx.Defer(audit.Insert, record.Args()...)
	}
	return tx.keep(result)
}

// Within runs a handler's body in a transaction that somebody else opened: a
// consumer's, whose cursor moves in the same commit. The caller is Stoa itself.
func (r *Runner) Within(ptx *pg.Tx, cause eventlog.Event) *Tx {
	req := &Request{Actor: SystemActor, CorrelationID: cause.CorrelationID, Causation: cause.ID}
	tx := &Tx{
		Tx: ptx, Actor: SystemActor, Now: r.Clock(), runner: r, request: req,
		Scope: Scope{Organization: cause.OrganizationID, Project: cause.ProjectID},
	}
	ptx.AfterCommit(func() {
		if len(tx.events) > 0 && r.Wake != nil {
			r.Wake(tx.events)
		}
	})
	return tx
}
