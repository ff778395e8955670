package script

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Save adds a version. The ones before stay as they are.
type Save struct {
	ID      ident.ID
	Content Content
	// After is the version that the change was made to; zero does not care. Somebody
	// who saved in between is not overwritten unseen.
	After int
}

// Validate checks the shape.
func (c Save) Validate() error {
	bad := invalid()
	c.Content.check(bad)
	return orNil(bad)
}

func (s *Slice) save(ctx context.Context, tx *command.Tx, c Save) (Script, error) {
	found, err := lock(ctx, tx, c.ID)
	if err != nil {
		return Script{}, err
	}
	if c.After != 0 && c.After != found.Latest {
		return Script{}, fault.New(fault.Conflict, "script.changed", "Version %d was saved meanwhile. Look at it, and save again after it.", found.Latest)
	}
	most, err := s.limits.Int(ctx, tx, "script.versions.max", tx.Actor.ID, tx.Scope)
	if err != nil {
		return Script{}, err
	}
	if int64(found.Latest) >= most.Int() {
		return Script{}, most.Refuse("script.too_many_versions", "This script has %d versions; %d are allowed.", found.Latest, most.Int())
	}
	found.Latest++
	aggregate := found.changed(tx.Now)
	tx.Defer(insertVersion, found.ID, found.Latest, c.Content.Runtime, c.Content.Source, tx.Actor.ID, tx.Now)
	tx.Defer(updateOne, found.ID, found.Version, found.Name, found.Description, found.Shared, found.Latest, found.UpdatedAt)
	tx.Emit(aggregate, Saved{Number: found.Latest})
	return found, nil
}
