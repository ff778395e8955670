package identity

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// ServiceAccount is an account of programs. It belongs to an organization or to one of
// its projects, has roles like members, and proves itself with keys: API tokens that
// expire, of which two hold at most, so that one can be replaced while it is in use.
type ServiceAccount struct {
	ID             ident.ID   `db:"id"`
	Version        int64      `db:"version"`
	OrganizationID ident.ID   `db:"organization_id"`
	ProjectID      ident.ID   `db:"project_id"` // the only one that its keys reach; zero: any where it has a role
	Name           string     `db:"name"`
	Description    string     `db:"description"`
	Scopes         []string   `db:"scopes"` // of its keys; empty: everything that its roles allow
	CreatedBy      ident.ID   `db:"created_by"`
	CreatedAt      time.Time  `db:"created_at"`
	DisabledAt     *time.Time `db:"disabled_at"`
	Keys           int        `db:"keys"`         // that hold now
	LastUsedAt     *time.Time `db:"last_used_at"` // of any of its keys, to the minute
	tenancy.Access
}

// Role is the account's role where it belongs; empty when somebody took it away.
func (a ServiceAccount) Role() permission.Role {
	if !a.ProjectID.IsZero() {
		if i := slices.Index(a.ProjectIDs, a.ProjectID); i >= 0 {
			return a.ProjectRoles[i]
		}
		return ""
	}
	if i := slices.Index(a.OrganizationIDs, a.OrganizationID); i >= 0 {
		return a.OrganizationRoles[i]
	}
	return ""
}

// Bounds of keys.
const (
	maxKeys    = 2
	defaultKey = 90 * 24 * time.Hour
	// DefaultOverlap is how long a replaced key still holds when nobody says otherwise.
	DefaultOverlap = 24 * time.Hour
)

const (
	serviceAccountColumns = `
SELECT a.id, a.version, s.organization_id, s.project_id, a.name, s.description, s.scopes, s.created_by, a.created_at, a.disabled_at,
	(SELECT count(*) FROM credential c WHERE c.account_id = a.id AND c.revoked_at IS NULL AND c.expires_at > $1) AS keys,
	(SELECT max(c.last_used_at) FROM credential c WHERE c.account_id = a.id) AS last_used_at, ` + tenancy.AccessColumns + `
FROM service_account s JOIN account a ON a.id = s.account_id` + tenancy.AccessJoins + `
WHERE s.deleted_at IS NULL`
	selectServiceAccount  = serviceAccountColumns + ` AND s.account_id = $2`
	selectServiceAccounts = serviceAccountColumns + `
	AND s.organization_id = $2 AND ($3::uuid[] IS NULL OR s.project_id = ANY ($3)) AND ($4::uuid IS NULL OR s.account_id > $4)
ORDER BY s.account_id LIMIT $5`
	serviceAccountPlace = `SELECT organization_id, project_id FROM service_account WHERE account_id = $1 AND deleted_at IS NULL`
	lockServicePlace    = `SELECT organization_id, project_id FROM service_account WHERE account_id = $1 AND deleted_at IS NULL FOR UPDATE`
)

// OfServiceAccount addresses one.
type OfServiceAccount struct{ ID ident.ID }

func (o OfServiceAccount) serviceAccount() ident.ID { return o.ID }

type addressed interface{ serviceAccount() ident.ID }

// lockedServiceAccount is the scope of commands on one, which wait for each other.
func lockedServiceAccount[C addressed](ctx context.Context, tx *command.Tx, c C) (command.Scope, error) {
	return placeOf(ctx, tx, lockServicePlace, c.serviceAccount())
}

func seenServiceAccount[Q addressed](ctx context.Context, q pg.Querier, _ command.Actor, in Q) (command.Scope, error) {
	return placeOf(ctx, q, serviceAccountPlace, in.serviceAccount())
}

func placeOf(ctx context.Context, q pg.Querier, sql string, id ident.ID) (command.Scope, error) {
	scope := command.Scope{Owner: id}
	err := q.QueryRow(ctx, sql, id).Scan(&scope.Organization, &scope.Project)
	return scope, command.NotFoundIfNoRows(err)
}

// managedServiceAccount reads the locked account of a command. Who is not the account
// itself must have what it has.
func managedServiceAccount(ctx context.Context, tx *command.Tx, id ident.ID) (ServiceAccount, error) {
	a, err := pg.One[ServiceAccount](ctx, tx, selectServiceAccount, tx.Now, id)
	if err != nil {
		return a, fmt.Errorf("read service account: %w", err)
	}
	if tx.Actor.ID == id {
		return a, nil
	}
	return a, tenancy.MayManage(tx, a.Access)
}
