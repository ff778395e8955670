package tenancy

import (
	"context"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// InvitationLifetime is how long an invitation can be accepted.
const InvitationLifetime = 7 * 24 * time.Hour

// Invitation offers a role in an organization to whoever holds its link and has, or
// registers, its e-mail address. It works once.
type Invitation struct {
	ID             ident.ID         `db:"id"`
	Version        int64            `db:"version"`
	OrganizationID ident.ID         `db:"organization_id"`
	Email          string           `db:"email"` // lower case; empty once it has ended
	Role           permission.Role  `db:"role"`
	Status         InvitationStatus `db:"status"`
	InvitedBy      ident.ID         `db:"invited_by"`
	CreatedAt      time.Time        `db:"created_at"`
	ExpiresAt      time.Time        `db:"expires_at"`
}

// InvitationStatus is where an invitation stands. Past its time a pending one is as
// good as revoked, without anybody having to say so.
type InvitationStatus string

// The statuses. Accepted and revoked are final.
const (
	Pending  InvitationStatus = "pending"
	Accepted InvitationStatus = "accepted"
	Revoked  InvitationStatus = "revoked"
)

// InvitationStatuses lists every status.
func InvitationStatuses() []InvitationStatus { return []InvitationStatus{Pending, Accepted, Revoked} }

// CanBecome is the transition table.
func (s InvitationStatus) CanBecome(next InvitationStatus) bool {
	return s == Pending && (next == Accepted || next == Revoked)
}

const (
	lockInvitation = `
SELECT id, version, organization_id, email, role, status, invited_by, created_at, expires_at, secret_hash
FROM invitation WHERE id = $1 FOR UPDATE`
	endInvitation = `
UPDATE invitation SET status = $2, accepted_by = $3, ended_at = $4, email = '', version = version + 1
WHERE id = $1 RETURNING version`
)

type lockedInvitation struct {
	Invitation
	SecretHash []byte `db:"secret_hash"`
}

// endPending moves a locked invitation to its final status and forgets the address.
func endPending(ctx context.Context, tx *command.Tx, inv Invitation, next InvitationStatus, by ident.ID, fact eventlog.Fact) error {
	if !inv.Status.CanBecome(next) {
		return fault.New(fault.Conflict, "invitation.ended", "This invitation is %s already.", inv.Status)
	}
	var version int64
	if err := tx.QueryRow(ctx, endInvitation, inv.ID, next, by, tx.Now).Scan(&version); err != nil {
		return fmt.Errorf("end invitation: %w", err)
	}
	emitIn(tx, command.Scope{Organization: inv.OrganizationID}, invitationAt(inv.ID, version), fact)
	return nil
}

func invitationAt(id ident.ID, version int64) eventlog.Aggregate {
	return eventlog.Aggregate{Kind: "invitation", ID: id, Version: version}
}

// ListInvitations asks for an organization's invitations that can still be accepted.
type ListInvitations struct {
	Paging
	OrganizationID ident.ID
}

func (c ListInvitations) organization() ident.ID { return c.OrganizationID }

const selectInvitations = `
SELECT id, version, organization_id, email, role, status, invited_by, created_at, expires_at FROM invitation
WHERE organization_id = $1 AND status = 'pending' AND expires_at > $2 AND ($3::uuid IS NULL OR id > $3)
ORDER BY id LIMIT $4`

func (desk) listInvitations(ctx context.Context, q command.Query, in ListInvitations) (Page[Invitation], error) {
	rows, err := pg.All[Invitation](ctx, q, selectInvitations, in.OrganizationID, q.Now, in.After, in.Size()+1)
	return PageOf(rows, in.Paging, func(i Invitation) ident.ID { return i.ID }), err
}

// RevokeInvitation makes an invitation's link useless.
type RevokeInvitation struct{ ID ident.ID }

func (desk) revokeInvitation(ctx context.Context, tx *command.Tx, c RevokeInvitation) (struct{}, error) {
	inv, err := pg.One[lockedInvitation](ctx, tx, lockInvitation, c.ID)
	if err != nil {
		return struct{}{}, command.NotFoundIfNoRows(err)
	}
	return struct{}{}, endPending(ctx, tx, inv.Invitation, Revoked, ident.ID{}, InvitationRevoked{})
}
