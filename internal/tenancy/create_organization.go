package tenancy

import (
	"context"
	"slices"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

// CreateOrganization founds an organization; the caller becomes its owner.
type CreateOrganization struct{ Name string }

// Validate checks the input's shape.
func (c CreateOrganization) Validate() error { return CheckName("body.name", c.Name) }

func (desk) createOrganization(ctx context.Context, tx *command.Tx, c CreateOrganization) (Organization, error) {
	// A token for one project must not found anything beside it.
	if !tx.Actor.OnlyProject.IsZero() {
		return Organization{}, fault.New(fault.Denied, "token_scope", "This token is bound to a project and cannot create organizations.")
	}
	if tx.Actor.Kind == command.ServiceAccount && !slices.Contains(tx.Actor.Platform, Operator) {
		return Organization{}, fault.New(fault.Denied, "service_account.person", "A service account belongs to one organization and creates none. Ask a person to do it.")
	}
	o := Organization{ID: tx.NewID(), Name: c.Name, CreatedAt: tx.Now, Role: Owner}
	if err := found(ctx, tx, &o, false, tx.Actor.ID); err != nil {
		return Organization{}, err
	}
	tx.Scope.Organization = o.ID // for the audit record
	return o, nil
}

const (
	insertOrganization = `
INSERT INTO organization (id, version, slug, name, personal, home, created_at) VALUES ($1, 1, $2, $3, $4, $5, $6)
ON CONFLICT (slug) DO NOTHING RETURNING version`
	upsertOrganizationMember = `
INSERT INTO organization_member (organization_id, user_id, role, joined_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (organization_id, user_id) DO UPDATE SET role = excluded.role`
)
