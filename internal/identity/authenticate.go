package identity

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// Credentials knows who holds a session or an API token: one query per request, so
// that a revocation holds for the very next one. What it remembers is presumed, and
// asked again where it is used.
type Credentials struct {
	db     *pg.DB
	clock  clock.Clock
	used   *LastUsed
	groups groups
	seen   seen
}

// NewCredentials makes it. Used collects when credentials were last used.
func NewCredentials(r *command.Runner, used *LastUsed) *Credentials {
	return &Credentials{db: r.DB, clock: r.Clock, used: used, groups: groupsOf(r.Table)}
}

const selectActor = `
SELECT c.secret_hash, c.scopes, c.project_id, c.expires_at, c.revoked_at, c.last_used_at, a.locked_at, a.locked_reason,
	a.id, a.kind, a.disabled_at, a.platform_roles, a.default_project_id, ` + tenancy.AccessColumns + `
FROM credential c JOIN account a ON a.id = c.account_id` + tenancy.AccessJoins + `
WHERE c.id = $1 AND c.kind = $2`

type actorRow struct {
	SecretHash     []byte            `db:"secret_hash"`
	Scopes         []string          `db:"scopes"`
	ProjectID      ident.ID          `db:"project_id"`
	ExpiresAt      *time.Time        `db:"expires_at"`
	RevokedAt      *time.Time        `db:"revoked_at"`
	LastUsedAt     *time.Time        `db:"last_used_at"`
	LockedAt       *time.Time        `db:"locked_at"`
	LockedReason   string            `db:"locked_reason"`
	ID             ident.ID          `db:"id"`
	Kind           command.ActorKind `db:"kind"`
	DisabledAt     *time.Time        `db:"disabled_at"`
	PlatformRoles  []permission.Role `db:"platform_roles"`
	DefaultProject ident.ID          `db:"default_project_id"`
	tenancy.Access
}

// Actor tells who holds the credential of this kind with this text, and what they
// may do. The fault is Unauthenticated.
func (c *Credentials) Actor(ctx context.Context, kind CredentialKind, text string) (command.Actor, error) {
	token, err := secret.ParseToken(text)
	if err != nil {
		return command.Actor{}, ErrUnknownCredential()
	}
	row, err := pg.One[actorRow](ctx, c.db, selectActor, token.ID, kind)
	actor, err := c.judge(kind, token, row, err)
	if err == nil {
		c.seen.put(token.ID, row, actor)
	}
	return actor, err
}

// judge decides on what the credential's row says.
func (c *Credentials) judge(kind CredentialKind, token secret.Token, row actorRow, err error) (command.Actor, error) {
	if errors.Is(err, pgx.ErrNoRows) {
		return command.Actor{}, ErrUnknownCredential()
	}
	if err != nil {
		return command.Actor{}, fmt.Errorf("read credential: %w", err)
	}
	now := c.clock()
	switch {
	case !token.Matches(row.SecretHash):
		return command.Actor{}, ErrUnknownCredential()
	case row.LockedAt != nil:
		return command.Actor{}, errAccountLocked(row.LockedReason)
	case row.RevokedAt != nil:
		return command.Actor{}, fault.New(fault.Unauthenticated, "auth.revoked", "This %s was revoked. Sign in, or use another token.", kind)
	case row.ExpiresAt != nil && !now.Before(*row.ExpiresAt):
		return command.Actor{}, fault.New(fault.Unauthenticated, "auth.expired", "This %s has expired. Sign in, or use another token.", kind)
	case row.DisabledAt != nil:
		return command.Actor{}, fault.New(fault.Unauthenticated, "auth.disabled", "This service account is disabled. Who manages it can enable it again.")
	}
	c.used.note(token.ID, row.LastUsedAt, now)
	actor := command.Actor{
		Kind: row.Kind, ID: row.ID, Credential: token.ID, Platform: row.PlatformRoles,
		DefaultProject: row.DefaultProject, OnlyProject: row.ProjectID, OnlyActions: c.groups.expand(row.Scopes),
	}
	if !row.ProjectID.IsZero() {
		actor.DefaultProject = row.ProjectID
	}
	row.Grant(&actor)
	return actor, nil
}

// ErrUnknownCredential refuses what is no credential of anybody.
func ErrUnknownCredential() error {
	return fault.New(fault.Unauthenticated, "auth.unknown_credential", "This credential is not known here. Sign in, or use another token.")
}
