package preference

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
)

// Validate checks the shape.
func (p Patch) Validate() error { return p.known() }

func change(ctx context.Context, tx *command.Tx, p Patch) (Current, error) {
	found, err := lock(ctx, tx)
	if err != nil {
		return Current{}, err
	}
	return apply(tx, found, p, nil)
}

// apply writes a change, the state that it leads to, and every tenth time a snapshot.
func apply(tx *command.Tx, found row, p map[string]any, restored *int64) (Current, error) {
	found.State = merge(found.State, p)
	found.Version++
	found.UpdatedAt = tx.Now
	current, err := found.current()
	if err != nil {
		return Current{}, err
	}
	user := tx.Actor.ID
	tx.Defer(insertChange, user, found.Version, tx.Now, p, restored)
	tx.Defer(updateState, user, found.Version, tx.Now, found.State)
	if found.Version%snapshotEvery == 0 {
		tx.Defer(insertSnapshot, user, found.Version, found.State)
	}
	fact := Changed{}
	if restored != nil {
		fact.Restored = *restored
	}
	tx.Emit(eventlog.Aggregate{Kind: Kind, ID: user, Version: found.Version}, fact)
	return current, nil
}
