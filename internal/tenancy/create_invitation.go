package tenancy

import (
	"context"
	"fmt"
	"net/mail"
	"strings"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// CreateInvitation offers a role to an e-mail address. Nothing is sent: the caller
// passes the link on.
type CreateInvitation struct {
	OrganizationID ident.ID
	Email          string
	Role           permission.Role
}

// MaxEmail is the longest e-mail address, in bytes (RFC 5321).
const MaxEmail = 254

// CheckEmail refuses what is no plain address.
func CheckEmail(path, email string) error {
	address, err := mail.ParseAddress(email)
	if err == nil && address.Address == email && len(email) <= MaxEmail {
		return nil
	}
	return fault.New(fault.Invalid, "email", "This is no e-mail address.").At(path, "must be an e-mail address")
}

// Validate checks the input's shape.
func (c CreateInvitation) Validate() error {
	if err := CheckEmail("body.email", c.Email); err != nil {
		return err
	}
	return checkRole(c.Role, OrganizationRoles())
}

func (c CreateInvitation) organization() ident.ID { return c.OrganizationID }

// InvitationCreatedOnce carries the link's secret, which is shown this one time.
type InvitationCreatedOnce struct {
	Invitation Invitation
	Secret     secret.String
}

const invitationToken = "invitation" // the kind of its secret

const insertInvitation = `
INSERT INTO invitation (id, version, organization_id, email, role, status, secret_hash, invited_by, created_at, expires_at)
VALUES ($1, 1, $2, $3, $4, 'pending', $5, $6, $7, $8)`

func (desk) createInvitation(ctx context.Context, tx *command.Tx, c CreateInvitation) (InvitationCreatedOnce, error) {
	if err := mayGrant(tx, c.Role); err != nil {
		return InvitationCreatedOnce{}, err
	}
	inv := Invitation{
		ID: tx.NewID(), Version: 1, OrganizationID: c.OrganizationID, Email: strings.ToLower(c.Email), Role: c.Role,
		Status: Pending, InvitedBy: tx.Actor.ID, CreatedAt: tx.Now, ExpiresAt: tx.Now.Add(InvitationLifetime),
	}
	token := secret.NewToken(invitationToken, inv.ID)
	if _, err := tx.Exec(ctx, insertInvitation, inv.ID, inv.OrganizationID, inv.Email, inv.Role, token.Hash(), inv.InvitedBy, inv.CreatedAt, inv.ExpiresAt); err != nil {
		return InvitationCreatedOnce{}, fmt.Errorf("store invitation: %w", err)
	}
	tx.Emit(invitationAt(inv.ID, inv.Version), InvitationCreated{Role: inv.Role})
	return InvitationCreatedOnce{Invitation: inv, Secret: secret.New(token.Reveal())}, nil
}
