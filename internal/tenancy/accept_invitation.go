package tenancy

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// AcceptInvitation makes the caller a member of the organization that invited them.
type AcceptInvitation struct{ Link secret.String }

func (d desk) acceptInvitation(ctx context.Context, tx *command.Tx, c AcceptInvitation) (Organization, error) {
	if tx.Actor.Kind != command.User || !tx.Actor.OnlyProject.IsZero() {
		return Organization{}, fault.New(fault.Denied, "invitation.not_a_person", "Only a signed-in person can accept an invitation.")
	}
	person, err := d.person(ctx, tx, tx.Actor.ID)
	if err != nil {
		return Organization{}, err
	}
	inv, err := Join(ctx, tx, c.Link, tx.Actor.ID, person.Email)
	if err != nil {
		return Organization{}, err
	}
	o, err := pg.One[Organization](ctx, tx, selectOrganization, inv.OrganizationID)
	if err != nil {
		return Organization{}, err
	}
	seat, err := organizationSeat(ctx, tx, o.ID, tx.Actor.ID)
	o.Role = seat.Role
	tx.Scope.Organization = o.ID // for the audit record
	return o, err
}

// Join is a reservation: it accepts an invitation for somebody whose address is the
// invited one. Identity calls it for people who register with a link.
func Join(ctx context.Context, tx *command.Tx, link secret.String, user ident.ID, email string) (Invitation, error) {
	token, err := secret.ParseToken(link.Reveal())
	if err != nil || token.Kind != invitationToken {
		return Invitation{}, errNoInvitation()
	}
	inv, err := pg.One[lockedInvitation](ctx, tx, lockInvitation, token.ID)
	if errors.Is(err, pgx.ErrNoRows) {
		return Invitation{}, errNoInvitation()
	}
	if err != nil {
		return Invitation{}, err
	}
	switch {
	case !token.Matches(inv.SecretHash):
		return Invitation{}, errNoInvitation()
	case inv.Status != Pending || !tx.Now.Before(inv.ExpiresAt):
		return Invitation{}, fault.New(fault.Conflict, "invitation.over", "This invitation was used, revoked or has expired. Ask for a new one.")
	case inv.Email != strings.ToLower(email):
		return Invitation{}, fault.New(fault.Denied, "invitation.other_address", "This invitation is for another e-mail address.")
	}
	if err := endPending(ctx, tx, inv.Invitation, Accepted, user, InvitationAccepted{UserID: user}); err != nil {
		return Invitation{}, err
	}
	return inv.Invitation, takeSeat(ctx, tx, inv.OrganizationID, user, inv.Role)
}

func errNoInvitation() error {
	return fault.New(fault.NotFound, "invitation.unknown", "This invitation link is not valid. Was it copied whole?")
}
