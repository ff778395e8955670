package limit

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

// Clear takes a scope's own value away, so that those around it apply.
type Clear struct {
	Name   string
	Target Target
}

// Validate checks the input's shape.
func (c Clear) Validate() error { return c.Target.validate() }

func (s *Slice) clear(ctx context.Context, tx *command.Tx, c Clear) (struct{}, error) {
	var none struct{}
	if _, err := s.definitionFor(tx, c.Name, c.Target); err != nil {
		return none, err
	}
	rows, err := lock(ctx, tx.Tx, c.Name)
	if err != nil {
		return none, err
	}
	for _, v := range rows {
		if v.at() != c.Target.at() {
			continue
		}
		if _, err := tx.Exec(ctx, deleteRow, v.ID); err != nil {
			return none, fmt.Errorf("delete value: %w", err)
		}
		tx.Emit(eventlog.Aggregate{Kind: aggregateKind, ID: v.ID, Version: v.Version + 1},
			ValueCleared{Name: v.Name, Scope: v.Scope, ScopeID: v.ScopeID, OrganizationID: c.Target.Organization})
		tx.Audit(aggregateKind, v.ID, change{Name: v.Name, Target: c.Target, Old: v.shown()})
		tx.AfterCommit(s.Reader.heard)
		return none, nil
	}
	return none, fault.New(fault.NotFound, "limit.not_set", "%s is not set for %s.", c.Name, whose(c.Target.Scope))
}
