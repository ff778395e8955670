package identity

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// wishes are the roles that rules give in organizations, or in projects.
type wishes struct {
	order   []permission.Role // the highest first: of several it counts
	roles   map[ident.ID]permission.Role
	unknown map[ident.ID]bool // the claims do not decide the rules about these
}

func newWishes(order []permission.Role) wishes {
	return wishes{order: order, roles: map[ident.ID]permission.Role{}, unknown: map[ident.ID]bool{}}
}

func (w wishes) add(place ident.ID, role permission.Role) {
	if before, given := w.roles[place]; !given || slices.Index(w.order, role) < slices.Index(w.order, before) {
		w.roles[place] = role
	}
}

// wanted are the roles that the rules give by the claims, the highest in each
// organization and project. A partial token (an access token) says nothing by leaving a claim out,
// nor does one that only names where the claim could be asked for (as Entra ID does for
// people in many groups): places whose rules they cannot decide are unknown.
func (p Provider) wanted(c Claims, partial bool) (organizations, projects wishes) {
	organizations, projects = newWishes(tenancy.OrganizationRoles()), newWishes(tenancy.ProjectRoles())
	named, _ := c.All["_claim_names"].(map[string]any)
	for _, rule := range p.Rules {
		claim, said := c.claim(rule.Claim)
		if !said {
			if _, elsewhere := named[rule.Claim]; partial || elsewhere {
				organizations.unknown[rule.OrganizationID] = true
				projects.unknown[rule.ProjectID] = true
			}
			continue
		}
		values := words(claim)
		if len(values) == 0 || rule.Value != "*" && !slices.Contains(values, rule.Value) {
			continue
		}
		if rule.ProjectID.IsZero() {
			organizations.add(rule.OrganizationID, rule.Role)
			continue
		}
		organizations.add(rule.OrganizationID, tenancy.Member) // or there would be no place in the project
		projects.add(rule.ProjectID, rule.Role)
	}
	return organizations, projects
}

// locate completes a rule: a project is in one organization.
func (r Rule) locate(ctx context.Context, q pg.Querier) (Rule, error) {
	if r.ProjectID.IsZero() {
		if _, err := tenancy.LocateOrganization(ctx, q, r.OrganizationID); err != nil {
			return r, fault.New(fault.Invalid, "provider.organization", "A rule names the organization %s, which does not exist.", r.OrganizationID).
				At("body.rules", "names an unknown organization").Because(err)
		}
		return r, nil
	}
	at, err := tenancy.LocateProject(ctx, q, r.ProjectID)
	if err != nil || !r.OrganizationID.IsZero() && r.OrganizationID != at.Organization {
		return r, fault.New(fault.Invalid, "provider.project", "A rule names the project %s, which does not exist in its organization.", r.ProjectID).
			At("body.rules", "names an unknown project").Because(err)
	}
	r.OrganizationID = at.Organization
	return r, nil
}

// granting is how memberships of one kind come from rules, and where it is remembered what rules gave.
type granting struct {
	read, insert, remove string
	seat                 func(ctx context.Context, tx *command.Tx, place, user ident.ID, role, before permission.Role) (held bool, err error)
	unseat               func(ctx context.Context, tx *command.Tx, place, user ident.ID, before permission.Role) error
}

const (
	selectGranted = `SELECT organization_id AS place, role FROM external_membership WHERE identity_id = $1`
	insertGranted = `
INSERT INTO external_membership (identity_id, organization_id, role) VALUES ($1, $2, $3)
ON CONFLICT (identity_id, organization_id) DO UPDATE SET role = excluded.role`
	deleteGranted = `DELETE FROM external_membership WHERE identity_id = $1 AND organization_id = $2`

	selectGrantedProjects = `SELECT project_id AS place, role FROM external_project_membership WHERE identity_id = $1`
	insertGrantedProject  = `
INSERT INTO external_project_membership (identity_id, project_id, role) VALUES ($1, $2, $3)
ON CONFLICT (identity_id, project_id) DO UPDATE SET role = excluded.role`
	deleteGrantedProject = `DELETE FROM external_project_membership WHERE identity_id = $1 AND project_id = $2`
)

func inOrganizations() granting {
	return granting{selectGranted, insertGranted, deleteGranted, tenancy.SeatByRule, tenancy.UnseatByRule}
}

func inProjects() granting {
	return granting{selectGrantedProjects, insertGrantedProject, deleteGrantedProject, tenancy.SeatInProjectByRule, tenancy.UnseatInProjectByRule}
}

// granted reads what rules gave an identity.
func (g granting) granted(ctx context.Context, tx *command.Tx, identity ident.ID) (map[ident.ID]permission.Role, error) {
	rows, err := pg.All[struct {
		Place ident.ID        `db:"place"`
		Role  permission.Role `db:"role"`
	}](ctx, tx, g.read, identity)
	if err != nil {
		return nil, fmt.Errorf("read granted memberships: %w", err)
	}
	granted := map[ident.ID]permission.Role{}
	for _, row := range rows {
		granted[row.Place] = row.Role
	}
	return granted, nil
}

func inOrder(places map[ident.ID]permission.Role) []ident.ID { // or two people's locks could cross
	return slices.SortedFunc(maps.Keys(places), func(a, b ident.ID) int { return bytes.Compare(a[:], b[:]) })
}

// follow makes the memberships that rules manage what is wished.
func (g granting) follow(ctx context.Context, tx *command.Tx, known knownIdentity, w wishes) error {
	granted, err := g.granted(ctx, tx, known.ID)
	if err != nil {
		return err
	}
	every := maps.Clone(w.roles)
	maps.Copy(every, granted)
	for _, place := range inOrder(every) {
		role, before := w.roles[place], granted[place]
		if role == "" && w.unknown[place] {
			continue
		}
		if err := g.followOne(ctx, tx, known, place, role, before); err != nil {
			return err
		}
	}
	return nil
}

func (g granting) followOne(ctx context.Context, tx *command.Tx, known knownIdentity, place ident.ID, role, before permission.Role) error {
	var held bool
	var err error
	if role == "" {
		err = g.unseat(ctx, tx, place, known.AccountID, before)
	} else {
		held, err = g.seat(ctx, tx, place, known.AccountID, role, before)
	}
	if err != nil {
		return err
	}
	if held {
		_, err = tx.Exec(ctx, g.insert, known.ID, place, role)
	} else {
		_, err = tx.Exec(ctx, g.remove, known.ID, place)
	}
	if err != nil {
		return fmt.Errorf("store granted membership: %w", err)
	}
	return nil
}

// takeBack ends every membership that rules gave an identity.
func (g granting) takeBack(ctx context.Context, tx *command.Tx, identity, account ident.ID) error {
	granted, err := g.granted(ctx, tx, identity)
	if err != nil {
		return err
	}
	for _, place := range inOrder(granted) {
		if err := g.unseat(ctx, tx, place, account, granted[place]); err != nil {
			return err
		}
	}
	return nil
}
