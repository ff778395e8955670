package tenancy

import (
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
)

// Organization owns money, nodes and people. A personal one came with somebody's
// registration; the home one belongs to whoever runs the installation.
type Organization struct {
	ID        ident.ID        `db:"id"`
	Version   int64           `db:"version"`
	Slug      string          `db:"slug"`
	Name      string          `db:"name"`
	Personal  bool            `db:"personal"`
	CreatedAt time.Time       `db:"created_at"`
	Role      permission.Role `db:"-"` // the caller's, if any
}

// Unit is a department or team inside an organization, in an optional tree.
type Unit struct {
	ID             ident.ID  `db:"id"`
	OrganizationID ident.ID  `db:"organization_id"`
	ParentID       ident.ID  `db:"parent_id"` // zero: directly below the organization
	Name           string    `db:"name"`
	CreatedAt      time.Time `db:"created_at"`
}

// Project owns workloads and quotas. An archived one keeps what it has and takes no new work.
type Project struct {
	ID             ident.ID        `db:"id"`
	Version        int64           `db:"version"`
	OrganizationID ident.ID        `db:"organization_id"`
	UnitID         ident.ID        `db:"unit_id"`
	Slug           string          `db:"slug"`
	Name           string          `db:"name"`
	CreatedAt      time.Time       `db:"created_at"`
	ArchivedAt     *time.Time      `db:"archived_at"`
	Role           permission.Role `db:"-"` // the caller's, if any
}

// Seat is somebody's membership of an organization or a project.
type Seat struct {
	UserID   ident.ID        `db:"user_id"`
	Role     permission.Role `db:"role"`
	JoinedAt time.Time       `db:"joined_at"`
	Person   Person          `db:"-"`
}

// emitIn is tx.Emit for events of another scope than the command's: what was just
// founded, or what a reservation founds for another slice.
func emitIn(tx *command.Tx, scope command.Scope, a eventlog.Aggregate, fact eventlog.Fact) {
	before := tx.Scope
	tx.Scope = scope
	tx.Emit(a, fact)
	tx.Scope = before
}

func organizationAt(id ident.ID, version int64) eventlog.Aggregate {
	return eventlog.Aggregate{Kind: "organization", ID: id, Version: version}
}

func projectAt(id ident.ID, version int64) eventlog.Aggregate {
	return eventlog.Aggregate{Kind: "project", ID: id, Version: version}
}

// mayGrant refuses to hand out, change or take away a role above the caller's own.
func mayGrant(tx *command.Tx, role permission.Role) error {
	if highest(tx.Actor.RolesIn(tx.Scope)) < rank(role) {
		return fault.New(fault.Denied, "tenancy.above_own_role", "You cannot grant, change or take away %s: it is above your own role.", role)
	}
	return nil
}

func errLastOwner() error {
	return fault.New(fault.Conflict, "tenancy.last_owner", "This is the organization's last owner. Make somebody else an owner first.")
}
