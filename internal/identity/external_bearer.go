package identity

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// acceptToken is an access token of a provider's issuer, checked.
type acceptToken struct {
	provider Provider
	claims   Claims
}

func (d providerDesk) acceptToken(ctx context.Context, tx *command.Tx, c acceptToken) (ident.ID, error) {
	a, identity, err := d.admit(ctx, tx, c.provider, c.claims, true)
	if err != nil {
		return ident.ID{}, err
	}
	locked, err := pg.All[string](ctx, tx, selectLocked, a.ID)
	if err != nil {
		return ident.ID{}, fmt.Errorf("read whether the account is locked: %w", err)
	}
	if len(locked) > 0 {
		return ident.ID{}, errAccountLocked(locked[0])
	}
	tx.Audit("user", a.ID, map[string]any{"provider_id": c.provider.ID, "identity_id": identity})
	return identity, nil
}

const (
	selectLocked        = `SELECT locked_reason FROM account WHERE id = $1 AND locked_at IS NOT NULL`
	selectTokenProvider = `SELECT ` + providerColumns + ` FROM identity_provider WHERE issuer = $1 AND enabled AND cardinality(audiences) > 0`
	selectBearer        = `
SELECT a.id, a.kind, a.platform_roles, a.default_project_id, a.locked_at, a.locked_reason, ` + tenancy.AccessColumns + `
FROM external_identity e JOIN identity_provider p ON p.issuer = e.issuer JOIN account a ON a.id = e.account_id` + tenancy.AccessJoins + `
WHERE e.id = $1 AND p.enabled AND cardinality(p.audiences) > 0`
)

type bearerRow struct {
	ID             ident.ID          `db:"id"`
	Kind           command.ActorKind `db:"kind"`
	PlatformRoles  []permission.Role `db:"platform_roles"`
	DefaultProject ident.ID          `db:"default_project_id"`
	LockedAt       *time.Time        `db:"locked_at"`
	LockedReason   string            `db:"locked_reason"`
	tenancy.Access
}

// Actor tells who an outside issuer's access token is about, and what they may do. The
// token's own checks hold for at most five minutes; memberships, links and providers
// are read with every request. False: it is no such token.
func (s *Providers) Actor(ctx context.Context, token string) (actor command.Actor, shown bool, err error) {
	d := s.desk
	hash, now := sha256.Sum256([]byte(token)), d.clock()
	p, known := d.proved.find(hash, now)
	outcome := "cached"
	if !known {
		issuer, ok := d.issuers.IssuerOf(token)
		if !ok {
			return command.Actor{}, false, nil
		}
		if p, err = s.prove(ctx, issuer, token); err != nil {
			d.observe("refused")
			return command.Actor{}, true, err
		}
		d.proved.keep(hash, p)
		outcome = "accepted"
	}
	row, err := pg.One[bearerRow](ctx, d.db, selectBearer, p.identity)
	if errors.Is(err, pgx.ErrNoRows) {
		d.observe("refused")
		return command.Actor{}, true, ErrUnknownCredential()
	}
	if err != nil {
		return command.Actor{}, true, fmt.Errorf("read account: %w", err)
	}
	if row.LockedAt != nil {
		d.observe("refused")
		return command.Actor{}, true, errAccountLocked(row.LockedReason)
	}
	d.observe(outcome)
	actor = command.Actor{
		Kind: row.Kind, ID: row.ID, Credential: p.identity, Platform: row.PlatformRoles, DefaultProject: row.DefaultProject, OnlyActions: p.actions,
	}
	row.Grant(&actor)
	return actor, true, nil
}

// prove checks a token that was not seen before.
func (s *Providers) prove(ctx context.Context, issuer, token string) (proved, error) {
	d := s.desk
	provider, err := pg.One[Provider](ctx, d.db, selectTokenProvider, issuer)
	if errors.Is(err, pgx.ErrNoRows) {
		return proved{}, ErrUnknownCredential()
	}
	if err != nil {
		return proved{}, fmt.Errorf("read provider: %w", err)
	}
	claims, err := d.issuers.VerifyAccess(ctx, issuer, provider.Audiences, token)
	if err != nil {
		return proved{}, err
	}
	p := proved{until: d.clock().Add(provedAtMost)}
	if claims.ExpiresAt.Before(p.until) {
		p.until = claims.ExpiresAt
	}
	if p.actions, err = d.actionsOf(provider, claims); err != nil {
		return proved{}, err
	}
	p.identity, err = s.accept(command.Unkept(ctx), acceptToken{provider: provider, claims: claims})
	return p, unauthenticated(err)
}

// actionsOf are the commands and queries that the token's scopes name; other words in
// the claim are other systems' scopes.
func (d providerDesk) actionsOf(p Provider, c Claims) ([]string, error) {
	if p.ScopeClaim == "" {
		return nil, nil
	}
	claim, _ := c.claim(p.ScopeClaim)
	var named []string
	for _, scope := range scopeWords(claim) {
		if _, group := d.groups[scope]; group || d.table[scope] != nil {
			named = append(named, scope)
		}
	}
	if len(named) == 0 {
		return nil, fault.New(fault.Unauthenticated, "auth.provider_scope", "This access token's claim %s names nothing that can be done here. Ask for scopes like execution.*.", p.ScopeClaim)
	}
	return d.groups.expand(named), nil
}

// unauthenticated turns a refusal to admit somebody into one that a client
// understands: the credential does not do.
func unauthenticated(err error) error {
	if f := fault.Of(err); err != nil && (f.Kind == fault.Denied || f.Kind == fault.Conflict) {
		return fault.New(fault.Unauthenticated, f.Code, "%s", f.Message).Because(err)
	}
	return err
}
