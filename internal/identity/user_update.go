package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// UpdateUser changes what operators say of somebody. What is nil stays.
type UpdateUser struct {
	ID       ident.ID
	Name     *string
	Email    *string // what they sign in with, and where e-mail goes
	Note     *string // for operators alone
	Operator *bool   // whether they run the installation
}

const (
	maxNote = 2000

	setUser = `UPDATE account SET note = $2, platform_roles = coalesce($3::text[], '{}'), name = $4, email = $5 WHERE id = $1`
)

// Validate checks the input's shape.
func (c UpdateUser) Validate() error {
	if c.Name != nil {
		if err := tenancy.CheckName("body.name", *c.Name); err != nil {
			return err
		}
	}
	if c.Email != nil {
		if err := tenancy.CheckEmail("body.email", *c.Email); err != nil {
			return err
		}
	}
	if c.Note != nil && len([]rune(*c.Note)) > maxNote {
		return fault.New(fault.Invalid, "user.note", "A note has at most %d characters.", maxNote).At("body.note", "is too long")
	}
	return nil
}

func updateUser(ctx context.Context, tx *command.Tx, c UpdateUser) (u User, err error) {
	if c.Operator != nil && !*c.Operator {
		u, err = lockedUser(ctx, tx, c.ID) // the last operator stays one
	} else if u, err = pg.One[User](ctx, tx, lockPerson, tx.Now, c.ID); errors.Is(err, pgx.ErrNoRows) {
		err = errUnknownUser()
	}
	if err != nil {
		return u, err
	}
	if c.Note != nil {
		u.Note = *c.Note
	}
	fact := UserUpdated{}
	if c.Name != nil && *c.Name != u.Name {
		u.Name, fact.Name = *c.Name, true
	}
	if c.Email != nil && strings.ToLower(*c.Email) != u.Email {
		u.Email, fact.Email = strings.ToLower(*c.Email), true
	}
	if c.Operator != nil && *c.Operator != slices.Contains(u.PlatformRoles, tenancy.Operator) {
		fact.Operator = c.Operator
		u.PlatformRoles = slices.DeleteFunc(u.PlatformRoles, func(r permission.Role) bool { return r == tenancy.Operator })
		if *c.Operator {
			u.PlatformRoles = append(u.PlatformRoles, tenancy.Operator)
		}
	}
	_, err = tx.Exec(ctx, setUser, c.ID, u.Note, u.PlatformRoles, u.Name, u.Email)
	if pg.IsUniqueViolation(err, "account_email_key") {
		return u, errEmailTaken()
	}
	if err != nil {
		return u, fmt.Errorf("store user: %w", err)
	}
	u.Version, err = emitOn(ctx, tx, c.ID, fact)
	return u, err
}
