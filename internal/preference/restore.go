package preference

import (
	"context"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Restore goes back to an earlier state: that after a version, or that at a time.
// It is a change like any other, so going back can be undone too.
type Restore struct {
	Version *int64 // 0: the defaults
	At      *time.Time
}

// Validate checks the shape.
func (r Restore) Validate() error {
	if (r.Version == nil) == (r.At == nil) || r.Version != nil && *r.Version < 0 {
		return fault.New(fault.Invalid, "preference.restore_what", "Say a version or a time to go back to, one of both.").
			At("body", "needs version or at")
	}
	return nil
}

func restore(ctx context.Context, tx *command.Tx, in Restore) (Current, error) {
	found, err := lock(ctx, tx)
	if err != nil {
		return Current{}, err
	}
	var to int64
	if in.Version != nil {
		to = *in.Version
	} else if to, err = pg.One[int64](ctx, tx, versionAt, tx.Actor.ID, *in.At); err != nil {
		return Current{}, fmt.Errorf("find the version at a time: %w", err)
	}
	if to > found.Version {
		return Current{}, fault.New(fault.NotFound, "preference.no_such_version", "There is no version %d; the newest is %d.", to, found.Version)
	}
	state, err := stateAt(ctx, tx, tx.Actor.ID, to)
	if err != nil {
		return Current{}, err
	}
	return apply(tx, found, difference(found.State, state), &to)
}

// difference is the merge patch that leads from one document to another.
func difference(from, to map[string]any) map[string]any {
	patch := map[string]any{}
	for key := range from {
		if _, stays := to[key]; !stays {
			patch[key] = nil
		}
	}
	for key, value := range to {
		before, had := from[key].(map[string]any)
		after, isObject := value.(map[string]any)
		if had && isObject {
			if inner := difference(before, after); len(inner) > 0 {
				patch[key] = inner
			}
			continue
		}
		patch[key] = value
	}
	return patch
}
