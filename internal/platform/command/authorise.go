package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/audit"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/ratelimit"
)

// errInvisible is what a caller without any role in a scope sees: the same as if nothing were there.
func errInvisible() error {
	return fault.New(fault.NotFound, "not_found", "There is nothing here that you can see.")
}

func authorise[C any](ctx context.Context, tx *Tx, table permission.Table, spec Spec[C], in C) (Scope, error) {
	scope, err := spec.Scope(ctx, tx, in)
	if err != nil {
		// Somebody who has not said who they are learns nothing from a missing resource.
		if tx.Actor.Kind == Anonymous && fault.KindOf(err) == fault.NotFound && !table.Allows(spec.Name, []permission.Role{permission.Anyone}) {
			return scope, errUnauthenticated()
		}
		return scope, err
	}
	return scope, check(table, spec.Name, tx.Actor, scope)
}

func errUnauthenticated() error {
	return fault.New(fault.Unauthenticated, "unauthenticated", "Sign in, or send an API token as “Authorization: Bearer …”.")
}

// check decides. Who holds no role in the scope is told that nothing is there;
// who holds one that does not suffice is told so.
func check(table permission.Table, name string, actor Actor, scope Scope) error {
	held := actor.RolesIn(scope)
	switch allowed := table.Allows(name, held); {
	case allowed && actor.mayUse(name):
		return nil
	case allowed:
		return fault.New(fault.Denied, "token_scope", "This token may not issue %s. Make one whose scopes include it.", name)
	case actor.Kind == Anonymous:
		return errUnauthenticated()
	case len(held) > 2 || scope == Scope{}: // more than anyone and authenticated: the thing is visible
		return fault.New(fault.Denied, "denied", "Your role here does not allow %s.", name)
	default:
		return errInvisible()
	}
}

// NoScope is for commands that act on the platform itself or on the caller.
func NoScope[C any](context.Context, *Tx, C) (Scope, error) { return Scope{}, nil }

// OwnScope is for commands that act on the caller's own things.
func OwnScope[C any](_ context.Context, tx *Tx, _ C) (Scope, error) {
	return Scope{Owner: tx.Actor.ID}, nil
}

func validate(in any) error {
	if v, ok := in.(Validator); ok {
		return v.Validate()
	}
	return nil
}

func (r *Runner) register(name string, write bool) {
	if r.registered == nil {
		r.registered = map[string]bool{}
	}
	if _, taken := r.registered[name]; taken {
		panic(fmt.Sprintf("command: %q is bound twice", name))
	}
	r.registered[name] = write
}

// Registered lists every bound name, and whether it is a command. Tests compare it
// with the permission table and the API.
func (r *Runner) Registered() map[string]bool { return maps.Clone(r.registered) }

func (r *Runner) observe(name string, err error, started time.Time) {
	if r.Observe == nil {
		return
	}
	outcome := "ok"
	if err != nil {
		outcome = fault.KindOf(err).String()
	}
	r.Observe(name, outcome, r.Clock().Sub(started))
}

// refused records that somebody tried. It has its own statement, because the
// transaction is gone; agents and Stoa itself are logged instead of audited. Of who has
// not said who they are, the first of many alike is recorded.
func (r *Runner) refused(ctx context.Context, req *Request, name string, scope Scope, err error) {
	f := fault.Of(err)
	if f.Kind == fault.Internal {
		r.Log.ErrorContext(ctx, "command failed", "command", name, "correlation_id", req.CorrelationID, "error", err)
	}
	if !req.Actor.audited() || (f.Kind != fault.Denied && f.Kind != fault.NotFound && f.Kind != fault.Unauthenticated && f.Kind != fault.Limited) {
		return
	}
	record := audit.Record{
		ID: r.NewID(), Time: r.Clock(), ActorKind: string(req.Actor.Kind), ActorID: req.Actor.ID, CredentialID: req.Actor.Credential,
		Action: name, Outcome: audit.Refused, Code: f.Code, OrganizationID: scope.Organization, ProjectID: scope.Project,
		CorrelationID: req.CorrelationID, RemoteAddress: req.RemoteAddress,
	}
	if req.Actor.Kind == Anonymous {
		write, unwritten := r.strangers.admit(stranger{ratelimit.Network(req.RemoteAddress), name, f.Code}, record.Time)
		if !write {
			if r.Unwritten != nil {
				r.Unwritten(name)
			}
			return
		}
		if unwritten > 0 {
			record.Detail = mustJSON(map[string]int{"unwritten": unwritten})
		}
	}
	if _, err := r.DB.Exec(context.WithoutCancel(ctx), audit.Insert, record.Args()...); err != nil {
		r.Log.ErrorContext(ctx, "audit of a refusal failed", "command", name, "correlation_id", req.CorrelationID, "error", err)
	}
}

func (a Actor) audited() bool {
	return a.Kind == Anonymous || a.Kind == User || a.Kind == ServiceAccount
}

// storable explains what the database says of a text that it cannot hold, whichever
// of the input's it was.
func storable(err error) error {
	if pg.IsUnstorable(err) {
		return fault.New(fault.Invalid, "text_invalid", "A text holds a NUL character, which cannot be stored.").Because(err)
	}
	return err
}

// NotFoundIfNoRows turns an empty lookup into the fault that callers see.
func NotFoundIfNoRows(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return errInvisible()
	}
	return err
}

func mustJSON(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("command: %T does not survive JSON: %v", v, err))
	}
	return b
}
