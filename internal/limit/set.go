package limit

import (
	"context"
	"fmt"
	"slices"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Set gives a scope a value of its own.
type Set struct {
	Name   string
	Target Target
	Number *int64
	Word   string // of a value in words, instead of Number
}

// Target is whose value is meant.
type Target struct {
	Scope Scope    `json:"scope"`
	ID    ident.ID `json:"id,omitzero"` // zero when global
	// Organization is where a member is one.
	Organization ident.ID `json:"organization_id,omitzero"`
}

func (t Target) at() at {
	if t.Scope != Member {
		return at{scope: t.Scope, id: t.ID}
	}
	return at{t.Scope, t.ID, t.Organization}
}

// change is what the audit trail says of a value: nil is the default.
type change struct {
	Name   string `json:"name"`
	Target Target `json:"target"`
	Old    any    `json:"old"`
	New    any    `json:"new"`
}

// Validate checks the input's shape.
func (c Set) Validate() error { return c.Target.validate() }

func (t Target) validate() error {
	switch {
	case !slices.Contains(Scopes(), t.Scope):
		return fault.New(fault.Invalid, "limit.scope_unknown", "The scope is one of %v.", Scopes()).At("body.scope", "is not a scope")
	case t.ID.IsZero() != (t.Scope == Global):
		return fault.New(fault.Invalid, "limit.scope_id", "Every scope but global has an id, and global has none.").At("body.scope_id", "does not fit the scope")
	case t.Organization.IsZero() == (t.Scope == Member):
		return fault.New(fault.Invalid, "limit.scope_id", "A member is one of an organization; no other scope names one besides its id.").At("body.organization_id", "does not fit the scope")
	}
	return nil
}

// locate finds where a target stands; a user stands nowhere but in the installation.
func (s *Slice) locate(ctx context.Context, q pg.Querier, t Target) (Place, error) {
	switch t.Scope {
	case Global, User:
		return Place{}, nil
	case Member:
		return s.places.Locate(ctx, q, Organization, t.Organization)
	}
	return s.places.Locate(ctx, q, t.Scope, t.ID)
}

func (s *Slice) scope(ctx context.Context, q pg.Querier, t Target) (command.Scope, error) {
	place, err := s.locate(ctx, q, t)
	scope := command.Scope{Organization: place.Organization, Project: place.Project}
	if t.Scope == User {
		scope.Owner = t.ID
	}
	return scope, err
}

func (s *Slice) set(ctx context.Context, tx *command.Tx, c Set) (Value, error) {
	d, err := s.definitionFor(tx, c.Name, c.Target)
	if err != nil {
		return Value{}, err
	}
	if err := d.check(c.Number, c.Word); err != nil {
		return Value{}, err
	}
	rows, err := lock(ctx, tx.Tx, c.Name)
	if err != nil {
		return Value{}, err
	}
	if c.Target.Scope == Member {
		if err := s.belongs(ctx, tx, c.Target.Organization, c.Target.ID); err != nil {
			return Value{}, err
		}
	}
	if d.Kind == Limit {
		place, err := s.locate(ctx, tx, c.Target)
		if err != nil {
			return Value{}, err
		}
		if d.Destinations {
			err = d.grantedDestinations(rows, c.Target, place, c.Word)
		} else {
			err = d.granted(rows, c.Target, place, c)
		}
		if err != nil {
			return Value{}, err
		}
	}
	v, change := row{ID: tx.NewID(), Name: c.Name, Scope: c.Target.Scope, ScopeID: c.Target.ID, Organization: tx.Scope.Organization}, change{Name: c.Name, Target: c.Target}
	for _, old := range rows {
		if old.at() == v.at() {
			v, change.Old = old, old.shown()
		}
	}
	v.Version, v.SetAt, v.Number, v.Word = v.Version+1, tx.Now, c.Number, nil
	if d.inWords() {
		v.Number, v.Word = nil, &c.Word
	}
	if _, err := tx.Exec(ctx, upsertRow, v.ID, v.Name, v.Scope, v.ScopeID, v.Organization, v.Number, v.Word, v.Version, v.SetAt); err != nil {
		return Value{}, fmt.Errorf("store value: %w", err)
	}
	fact := ValueSet{Name: v.Name, Scope: v.Scope, ScopeID: v.ScopeID, OrganizationID: c.Target.Organization, Number: v.Number}
	if v.Word != nil {
		fact.Word = *v.Word
	}
	tx.Emit(eventlog.Aggregate{Kind: aggregateKind, ID: v.ID, Version: v.Version}, fact)
	change.New = v.shown()
	tx.Audit(aggregateKind, v.ID, change)
	tx.AfterCommit(s.Reader.heard)
	return d.valueOf(v), nil
}

// definitionFor finds the definition, and refuses scopes and callers that it does not admit.
func (s *Slice) definitionFor(tx *command.Tx, name string, t Target) (Definition, error) {
	d, err := s.catalogue.Definition(name)
	if err != nil {
		return d, err
	}
	operates := tx.Actor.Kind == command.System || slices.Contains(tx.Actor.Platform, s.operator)
	switch {
	case d.GlobalOnly && t.Scope != Global:
		return d, fault.New(fault.Invalid, "limit.global_only", "%s holds for the whole installation.", name).At("body.scope", "can only be global")
	case d.OperatorOnly && !operates:
		return d, fault.New(fault.Denied, "limit.operator_only", "%s is set by the operators of this installation.", name)
	}
	return d, nil
}

// granted refuses a limit above that of a scope around it: it would not apply, and
// whoever set it should know whom to ask.
func (d Definition) granted(rows []row, t Target, place Place, c Set) error {
	smallest, bounded := d.around(rows, t, place)
	if !bounded || d.amount(c.Number, c.Word) <= smallest.Number {
		return nil
	}
	who := "an administrator of the organization"
	if smallest.Scope == Global {
		who = "an operator"
	}
	return fault.New(fault.Denied, "limit.needs_grant", "%s is at most %v here, set for %s. Ask %s to raise that first; until then %v would not apply.",
		d.Name, smallest.shown(), whose(smallest.Scope), who, Value{Number: d.amount(c.Number, c.Word), Word: c.Word}.shown()).
		Over(smallest.limit())
}

// around is what the scopes around a target admit; nothing is around the installation but Min and Max.
func (d Definition) around(rows []row, t Target, place Place) (v Value, bounded bool) {
	around := map[at]bool{{scope: Global}: true}
	if t.Scope != Organization && t.Scope != Global {
		around[at{scope: Organization, id: place.Organization}] = true
	}
	for _, unit := range place.Units {
		around[at{scope: Unit, id: unit}] = true
	}
	delete(around, t.at())
	outer := values{}
	for _, v := range rows {
		if around[v.at()] {
			outer[v.at()] = v
		}
	}
	if t.Scope == Global {
		return Value{}, false
	}
	return d.resolve(outer, Subject{Organization: place.Organization, Units: place.Units}), true
}
