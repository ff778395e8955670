package limit

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/ratelimit"
)

// ListRates asks what is left of each of the caller's request rates.
type ListRates struct {
	User ident.ID // operators: of this account's instead
}

// RatesOfMember asks it of somebody's in an organization, for its administrators.
type RatesOfMember struct {
	Organization, User ident.ID
}

// Rate is the rate of a group of operations, and what is left of it in this replica.
type Rate struct {
	Group   string
	Limited bool // false: a bypass lifts it
	Policy  ratelimit.Policy
	Left    ratelimit.Decision
	Rule    RateRule
	ResetAt time.Time // when somebody last made it whole again; zero: nobody did
}

func (s *Slice) listRates(ctx context.Context, q command.Query, in ListRates) ([]Rate, error) {
	if in.User.IsZero() || in.User == q.Actor.ID {
		return s.rates(ctx, q, callerOf(q.Actor))
	}
	if q.Actor.Kind != command.System && (!slices.Contains(q.Actor.Platform, s.operator) || !q.Actor.OnlyProject.IsZero()) {
		return nil, fault.New(fault.Denied, "denied", "Only operators may see what is left of others' rates.")
	}
	home, err := s.places.Home(ctx, q, in.User)
	if err != nil {
		return nil, err
	}
	return s.rates(ctx, q, Subject{User: in.User, Project: home})
}

// ratesOfMember shows what applies to them there: elsewhere others may have set more or less,
// which is no business of this organization.
func (s *Slice) ratesOfMember(ctx context.Context, q command.Query, in RatesOfMember) ([]Rate, error) {
	if err := s.belongs(ctx, q, in.Organization, in.User); err != nil {
		return nil, err
	}
	who := Subject{User: in.User, Organization: in.Organization}
	home, err := s.places.Home(ctx, q, in.User)
	if err != nil {
		return nil, err
	}
	if !home.IsZero() {
		place, err := s.places.Locate(ctx, q, Project, home)
		if err != nil {
			return nil, fmt.Errorf("locate where the member works: %w", err)
		}
		if place.Organization == in.Organization {
			who.Project, who.Units = home, place.Units
		}
	}
	return s.rates(ctx, q, who)
}

func (s *Slice) rates(ctx context.Context, q pg.Querier, who Subject) ([]Rate, error) {
	var failed error
	read := func(name string, who Subject) Value {
		v, err := s.Reader.Effective(ctx, q, name, who)
		if err != nil {
			failed = err
		}
		return v
	}
	reset := s.Reader.resetOf(ctx, q, who.User)
	all := make([]Rate, 0, len(rateGroups()))
	for _, group := range rateGroups() {
		r := Rate{Group: group, Rule: s.Reader.rateRule(group, who, read), ResetAt: reset.At}
		if failed != nil {
			return nil, fmt.Errorf("read what makes the rate: %w", failed)
		}
		if r.Policy, r.Limited = r.Rule.policy(group); r.Limited {
			r.Policy.Epoch = reset.Version
			left, err := s.limiter.Look(ctx, ratelimit.Key(group, who.User), r.Policy)
			if err != nil {
				return nil, fmt.Errorf("look at what is left of the rate: %w", err)
			}
			r.Left = left
		}
		all = append(all, r)
	}
	return all, nil
}
