package script

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Update changes what is not part of a version. Nil leaves as it is.
type Update struct {
	ID          ident.ID
	Name        *string
	Description *string
	Shared      *bool
}

// Validate checks the shape.
func (c Update) Validate() error {
	bad := invalid()
	if c.Name != nil {
		checkName(*c.Name, bad)
	}
	if c.Description != nil {
		checkDescription(*c.Description, bad)
	}
	return orNil(bad)
}

func (s *Slice) update(ctx context.Context, tx *command.Tx, c Update) (Script, error) {
	found, err := lock(ctx, tx, c.ID)
	if err != nil {
		return Script{}, err
	}
	set(&found.Name, c.Name)
	set(&found.Description, c.Description)
	set(&found.Shared, c.Shared)
	aggregate := found.changed(tx.Now)
	if err := write(ctx, tx, updateOne, found.ID, found.Version, found.Name, found.Description, found.Shared, found.Latest, found.UpdatedAt); err != nil {
		return Script{}, err
	}
	tx.Emit(aggregate, Updated{Shared: found.Shared})
	return found, nil
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}
