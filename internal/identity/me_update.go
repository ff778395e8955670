package identity

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// UpdateMe changes what a person is called. ChangeEmail is about their address.
type UpdateMe struct{ Name string }

// Validate checks the input's shape.
func (c UpdateMe) Validate() error { return tenancy.CheckName("body.name", c.Name) }

const (
	lockMe = selectAccount + ` FOR UPDATE`
	rename = `UPDATE account SET name = $2 WHERE id = $1`
)

func updateMe(ctx context.Context, tx *command.Tx, c UpdateMe) (a Account, err error) {
	if tx.Actor.Kind != command.User {
		return a, fault.New(fault.Denied, "me.service_account", "A service account is named by who made it.")
	}
	if a, err = pg.One[Account](ctx, tx, lockMe, tx.Actor.ID); err != nil {
		return a, fmt.Errorf("read account: %w", err)
	}
	if a.Name == c.Name {
		return a, nil
	}
	if _, err := tx.Exec(ctx, rename, a.ID, c.Name); err != nil {
		return a, fmt.Errorf("rename account: %w", err)
	}
	a.Name = c.Name
	a.Version, err = emitOn(ctx, tx, a.ID, UserUpdated{Name: true})
	return a, err
}
