package identity

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
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

// CookieName is the cookie that holds a session's secret.
const CookieName = "stoa_session"

// Method is one way to prove who one is. It returns false when the request shows
// nothing of its sort. Bearer JWTs of an outside issuer will be another one.
type Method interface {
	Authenticate(ctx context.Context, r *http.Request) (actor command.Actor, shown bool, err error)
}

// Authenticator asks its methods in turn. A request that shows nothing is anonymous;
// one that shows something that does not hold is refused, not taken for anonymous.
type Authenticator []Method

// Authenticate tells who sent the request. The fault is Unauthenticated.
func (a Authenticator) Authenticate(ctx context.Context, r *http.Request) (command.Actor, error) {
	for _, method := range a {
		if actor, shown, err := method.Authenticate(ctx, r); shown || err != nil {
			return actor, err
		}
	}
	if r.Header.Get("Authorization") != "" {
		return command.Actor{}, errUnknownCredential()
	}
	return command.Actor{Kind: command.Anonymous}, nil
}

// Credentials is the method of Stoa's own sessions and API tokens: one query per
// request and no cache, so that a revocation holds for the very next one.
type Credentials struct {
	db     *pg.DB
	clock  clock.Clock
	used   *LastUsed
	groups groups
}

// NewCredentials makes the method. Used collects when credentials were last used.
func NewCredentials(r *command.Runner, used *LastUsed) *Credentials {
	return &Credentials{db: r.DB, clock: r.Clock, used: used, groups: groupsOf(r.Table)}
}

const selectActor = `
SELECT c.secret_hash, c.scopes, c.project_id, c.expires_at, c.revoked_at, c.last_used_at,
	a.id, a.kind, a.platform_roles, a.default_project_id, ` + tenancy.AccessColumns + `
FROM credential c JOIN account a ON a.id = c.account_id` + tenancy.AccessJoins + `
WHERE c.id = $1 AND c.kind = $2`

type actorRow struct {
	SecretHash     []byte            `db:"secret_hash"`
	Scopes         []string          `db:"scopes"`
	ProjectID      ident.ID          `db:"project_id"`
	ExpiresAt      *time.Time        `db:"expires_at"`
	RevokedAt      *time.Time        `db:"revoked_at"`
	LastUsedAt     *time.Time        `db:"last_used_at"`
	ID             ident.ID          `db:"id"`
	Kind           command.ActorKind `db:"kind"`
	PlatformRoles  []permission.Role `db:"platform_roles"`
	DefaultProject ident.ID          `db:"default_project_id"`
	tenancy.Access
}

// Authenticate reads the bearer token, or else the session cookie.
func (c *Credentials) Authenticate(ctx context.Context, r *http.Request) (command.Actor, bool, error) {
	token, kind, shown := shownBy(r)
	if !shown {
		return command.Actor{}, false, nil
	}
	if kind == "" {
		return command.Actor{}, true, errUnknownCredential()
	}
	row, err := pg.One[actorRow](ctx, c.db, selectActor, token.ID, kind)
	if errors.Is(err, pgx.ErrNoRows) {
		return command.Actor{}, true, errUnknownCredential()
	}
	if err != nil {
		return command.Actor{}, true, fmt.Errorf("read credential: %w", err)
	}
	now := c.clock()
	switch {
	case !token.Matches(row.SecretHash):
		return command.Actor{}, true, errUnknownCredential()
	case row.RevokedAt != nil:
		return command.Actor{}, true, fault.New(fault.Unauthenticated, "auth.revoked", "This %s was revoked. Sign in, or use another token.", kind)
	case row.ExpiresAt != nil && !now.Before(*row.ExpiresAt):
		return command.Actor{}, true, fault.New(fault.Unauthenticated, "auth.expired", "This %s has expired. Sign in, or use another token.", kind)
	}
	c.used.note(token.ID, row.LastUsedAt, now)
	return c.actor(token.ID, row), true, nil
}

func (c *Credentials) actor(credential ident.ID, row actorRow) command.Actor {
	actor := command.Actor{
		Kind: row.Kind, ID: row.ID, Credential: credential, Platform: row.PlatformRoles,
		DefaultProject: row.DefaultProject, OnlyProject: row.ProjectID, OnlyActions: c.groups.expand(row.Scopes),
	}
	if !row.ProjectID.IsZero() {
		actor.DefaultProject = row.ProjectID
	}
	row.Grant(&actor)
	return actor
}

// shownBy finds one of our tokens in the request. The kind is empty when something
// was shown that says to be ours and is not; another method's bearer token is not ours.
func shownBy(r *http.Request) (token secret.Token, kind CredentialKind, shown bool) {
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, text, _ := strings.Cut(header, " ")
		text = strings.TrimSpace(text)
		if !strings.EqualFold(scheme, "Bearer") || !strings.HasPrefix(text, "stoa_") {
			return token, "", false
		}
		if token, err := secret.ParseToken(text); err == nil && token.Kind == apiToken {
			return token, APIToken, true
		}
		return token, "", true
	}
	cookie, err := r.Cookie(CookieName)
	if err != nil || cookie.Value == "" {
		return token, "", false
	}
	if token, err := secret.ParseToken(cookie.Value); err == nil && token.Kind == sessionToken {
		return token, Session, true
	}
	return token, "", true
}

func errUnknownCredential() error {
	return fault.New(fault.Unauthenticated, "auth.unknown_credential", "This credential is not known here. Sign in, or use another token.")
}
