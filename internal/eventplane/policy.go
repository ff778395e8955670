package eventplane

import (
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

// SetPolicy says how events of a kind of subject are tried again that a consumer
// failed on. What has failed already keeps the time that it was given.
type SetPolicy struct{ eventlog.Policy }

// Validate checks the input's shape.
func (c SetPolicy) Validate() error {
	p := c.Policy
	bad := func(field, why string) error {
		return fault.New(fault.Invalid, "retry_policy.invalid", "The policy cannot be kept: %s %s.", field, why).At("body."+field, why)
	}
	switch {
	case !slices.Contains(eventlog.Strategies(), p.Strategy):
		return bad("strategy", "is no strategy")
	case p.Attempts < 1 || p.Attempts > 1000:
		return bad("attempts", "are from 1 to 1000")
	case p.FirstMS < 0 || p.FirstMS > 24*60*60*1000:
		return bad("first_ms", "is a day at most")
	case p.LongestMS < p.FirstMS || p.LongestMS > 7*24*60*60*1000:
		return bad("longest_ms", "is at least first_ms, and a week at most")
	case p.Factor < 1 || p.Factor > 100:
		return bad("factor", "is from 1 to 100")
	case p.AtMinute < 0 || p.AtMinute >= 24*60:
		return bad("at", "is a time of the day")
	}
	return nil
}

func (s *Slice) setPolicy(ctx context.Context, tx *command.Tx, c SetPolicy) (eventlog.Policy, error) {
	p := c.Policy
	if p.Consumer != "" && !slices.Contains(s.needs.Letters.Names(), p.Consumer) {
		return p, fault.New(fault.NotFound, "retry_policy.no_consumer", "There is no consumer %q.", p.Consumer)
	}
	p.ID, p.UpdatedAt = tx.NewID(), tx.Now
	p, err := eventlog.StorePolicy(ctx, tx.Tx, p)
	if err != nil {
		return p, err
	}
	tx.Emit(eventlog.Aggregate{Kind: policyKind, ID: p.ID, Version: p.Version}, PolicySet{
		Consumer: p.Consumer, Subject: p.Subject, Strategy: p.Strategy, Attempts: p.Attempts,
		FirstMS: p.FirstMS, LongestMS: p.LongestMS, Factor: p.Factor, AtMinute: p.AtMinute,
	})
	return p, nil
}

// ClearPolicy takes away the policy of exactly this consumer and subject.
type ClearPolicy struct{ Consumer, Subject string }

func (s *Slice) clearPolicy(ctx context.Context, tx *command.Tx, c ClearPolicy) (none struct{}, err error) {
	p, err := eventlog.LockPolicy(ctx, tx.Tx, c.Consumer, c.Subject)
	if errors.Is(err, pgx.ErrNoRows) {
		return none, fault.New(fault.NotFound, "retry_policy.not_set", "No policy is set for exactly this consumer and subject.")
	}
	if err != nil {
		return none, err
	}
	eventlog.DeletePolicy(tx.Tx, p)
	tx.Emit(eventlog.Aggregate{Kind: policyKind, ID: p.ID, Version: p.Version + 1}, PolicyCleared{Consumer: p.Consumer, Subject: p.Subject})
	return none, nil
}

func (s *Slice) policies(ctx context.Context, q command.Query, _ struct{}) ([]eventlog.Policy, error) {
	return eventlog.Policies(ctx, q)
}
