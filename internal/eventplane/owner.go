package eventplane

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// scopeOf is where a sink or a replay stands: in the organization whose own it is, or
// on the platform. Of the platform's own only who runs it learns that they are there.
func scopeOf(actor command.Actor, organization ident.ID) (command.Scope, error) {
	if organization.IsZero() && actor.Kind != command.System && len(actor.Platform) == 0 {
		return command.Scope{}, command.NotFoundIfNoRows(pgx.ErrNoRows)
	}
	return command.Scope{Organization: organization}, nil
}

const (
	sinkOwner   = `SELECT organization_id FROM sink WHERE id = $1`
	replayOwner = `SELECT organization_id FROM replay WHERE id = $1`
)

// ownerScope finds the scope of the sink or replay that is addressed.
func ownerScope(ctx context.Context, q pg.Querier, actor command.Actor, owner string, id ident.ID) (command.Scope, error) {
	organization, err := pg.One[ident.ID](ctx, q, owner, id)
	if err != nil {
		return command.Scope{}, fmt.Errorf("read owner: %w", command.NotFoundIfNoRows(err))
	}
	return scopeOf(actor, organization)
}

// owned declares a command on one sink or replay.
func owned[C any](name, owner string, id func(C) ident.ID) command.Spec[C] {
	return command.Spec[C]{Name: name, Scope: func(ctx context.Context, tx *command.Tx, c C) (command.Scope, error) {
		return ownerScope(ctx, tx, tx.Actor, owner, id(c))
	}}
}

// ownedQuery declares a query about one replay.
func ownedQuery[Q any](name string, id func(Q) ident.ID) command.QuerySpec[Q] {
	return command.QuerySpec[Q]{Name: name, Scope: func(ctx context.Context, q pg.Querier, actor command.Actor, in Q) (command.Scope, error) {
		return ownerScope(ctx, q, actor, replayOwner, id(in))
	}}
}

// inOrganization declares a command that makes something of an organization's own, or
// of the platform's when it names none.
func inOrganization[C any](name string, organization func(C) ident.ID) command.Spec[C] {
	return command.Spec[C]{Name: name, Scope: func(_ context.Context, _ *command.Tx, c C) (command.Scope, error) {
		return command.Scope{Organization: organization(c)}, nil
	}}
}

// managed tells whose sinks and replays somebody may see: everybody's, or those of
// the organizations that they run.
func (s *Slice) managed(actor command.Actor) (everybodys bool, organizations []ident.ID, err error) {
	if s.holds(actor, command.Scope{}) {
		return true, nil, nil
	}
	for id := range actor.Organizations {
		if s.holds(actor, command.Scope{Organization: id}) {
			organizations = append(organizations, id)
		}
	}
	if len(organizations) == 0 {
		return false, nil, fault.New(fault.Denied, "denied", "Sinks and replays are for operators, and for owners and admins of an organization.")
	}
	return false, organizations, nil
}

// holds tells whether somebody has a role in the scope that runs sinks and replays.
func (s *Slice) holds(actor command.Actor, scope command.Scope) bool {
	for _, role := range actor.RolesIn(scope) {
		if slices.Contains(s.needs.Managers, role) {
			return true
		}
	}
	return false
}

// one makes admissions of one kind and organization wait for each other.
const one = `SELECT pg_advisory_xact_lock(hashtextextended($1 || $2::text, 0))`

// admit refuses what an organization has too many of. The refusal's text takes how
// many there are and how many are allowed.
func (s *Slice) admit(ctx context.Context, tx *command.Tx, limit, count string, organization ident.ID, text string) error {
	most, err := s.needs.Limits.Int(ctx, tx, limit, tx.Actor.ID, tx.Scope)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, one, limit, organization.String()); err != nil {
		return fmt.Errorf("wait for others: %w", err)
	}
	have, err := pg.One[int64](ctx, tx, count, organization)
	if err != nil {
		return fmt.Errorf("count for %s: %w", limit, err)
	}
	if have >= most.Int() {
		return most.Refuse(limit+".exceeded", text, have, most.Int())
	}
	return nil
}
