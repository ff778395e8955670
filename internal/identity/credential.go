package identity

import (
	"context"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// CredentialKind says what sort of credential it is.
type CredentialKind string

// The kinds.
const (
	Session  CredentialKind = "session" // a browser's, in a cookie
	APIToken CredentialKind = "token"   // a program's, as a bearer token

	// ExternalToken is an outside issuer's access token. None is kept; it stands for
	// the identity that it is about.
	ExternalToken CredentialKind = "external"
)

// The kinds of secret, as they stand in its text.
const (
	sessionToken = "session" // stoa_session_…
	apiToken     = "pat"     // stoa_pat_…
	setupToken   = "setup"   // stoa_setup_…

	passwordToken = "password" // stoa_password_…: the link that sets one
)

// Credential is a session or an API token, without its secret.
type Credential struct {
	ID            ident.ID       `db:"id"`
	Kind          CredentialKind `db:"kind"`
	Name          string         `db:"name"`
	Scopes        []string       `db:"scopes"` // empty: everything that the person may do
	ProjectID     ident.ID       `db:"project_id"`
	RemoteAddress string         `db:"remote_address"`
	UserAgent     string         `db:"user_agent"`
	CreatedAt     time.Time      `db:"created_at"`
	ExpiresAt     *time.Time     `db:"expires_at"`
	LastUsedAt    *time.Time     `db:"last_used_at"` // to the minute
	Current       bool           `db:"-"`            // the caller's own
}

const insertCredential = `
INSERT INTO credential (id, kind, account_id, secret_hash, name, scopes, project_id, remote_address, user_agent, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, coalesce($6::text[], '{}'), $7, $8, $9, $10, $11)`

func store(ctx context.Context, tx *command.Tx, c Credential, account ident.ID, hash []byte) error {
	_, err := tx.Exec(ctx, insertCredential, c.ID, c.Kind, account, hash, c.Name, c.Scopes, c.ProjectID, c.RemoteAddress, c.UserAgent, c.CreatedAt, c.ExpiresAt)
	if err != nil {
		return fmt.Errorf("store %s: %w", c.Kind, err)
	}
	return nil
}

// SignedInOnce carries a new session's secret, which goes into the cookie and nowhere else.
// When the second factor is still owed there is no session: Step is what to go on with.
type SignedInOnce struct {
	Account   Account
	Secret    secret.String
	Step      secret.String
	ExpiresAt time.Time
}

const (
	maxUserAgent = 200

	noteSignIn         = `UPDATE account SET last_sign_in_at = $2 WHERE id = $1 AND locked_at IS NULL RETURNING id`
	selectLockedReason = `SELECT locked_reason FROM account WHERE id = $1`
)

// openSession opens a session for an account whose row is locked, and counts its version up.
func (d desk) openSession(ctx context.Context, tx *command.Tx, a *Account, userAgent string) (SignedInOnce, error) {
	if open, err := pg.All[ident.ID](ctx, tx, noteSignIn, a.ID, tx.Now); err != nil {
		return SignedInOnce{}, fmt.Errorf("note sign-in: %w", err)
	} else if len(open) == 0 {
		reason, err := pg.One[string](ctx, tx, selectLockedReason, a.ID)
		if err != nil {
			return SignedInOnce{}, fmt.Errorf("read why the account is locked: %w", err)
		}
		return SignedInOnce{}, errAccountLocked(reason)
	}
	policy, err := d.settings.Policy(ctx, tx)
	if err != nil {
		return SignedInOnce{}, err
	}
	expires := tx.Now.Add(policy.SessionFor)
	c := Credential{
		ID: tx.NewID(), Kind: Session, RemoteAddress: command.RequestFrom(ctx).RemoteAddress,
		UserAgent: cut(userAgent, maxUserAgent), CreatedAt: tx.Now, ExpiresAt: &expires,
	}
	token := secret.NewToken(sessionToken, c.ID)
	if err := store(ctx, tx, c, a.ID, token.Hash()); err != nil {
		return SignedInOnce{}, err
	}
	tx.Actor.Credential = c.ID
	if a.Version, err = emitOn(ctx, tx, a.ID, SignedIn{SessionID: c.ID}); err != nil {
		return SignedInOnce{}, err
	}
	return SignedInOnce{Account: *a, Secret: secret.New(token.Reveal()), ExpiresAt: expires}, nil
}

// cut shortens text that callers chose, and drops what the database would refuse.
func cut(s string, size int) string {
	clean := []rune{}
	for _, r := range s {
		if len(clean) == size {
			break
		}
		if r != 0 {
			clean = append(clean, r)
		}
	}
	return string(clean)
}

// proves tells whether text is the secret of this kind behind the stored hash.
func proves(text secret.String, kind string, hash []byte) bool {
	token, err := secret.ParseToken(text.Reveal())
	return err == nil && token.Kind == kind && token.Matches(hash)
}

// ListCredentials asks for the caller's own sessions or tokens that still hold, oldest first.
type ListCredentials struct{ tenancy.Paging }

const selectCredentials = `
SELECT id, kind, name, scopes, project_id, remote_address, user_agent, created_at, expires_at, last_used_at FROM credential
WHERE account_id = $1 AND kind = $2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $3)
  AND ($4::uuid IS NULL OR id > $4)
ORDER BY id LIMIT $5`

func listCredentials(kind CredentialKind) func(context.Context, command.Query, ListCredentials) (tenancy.Page[Credential], error) {
	return func(ctx context.Context, q command.Query, in ListCredentials) (tenancy.Page[Credential], error) {
		rows, err := pg.All[Credential](ctx, q, selectCredentials, q.Actor.ID, kind, q.Now, in.After, in.Size()+1)
		for i := range rows {
			rows[i].Current = rows[i].ID == q.Actor.Credential
		}
		return tenancy.PageOf(rows, in.Paging, func(c Credential) ident.ID { return c.ID }), err
	}
}
