package identity

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// Logout is an issuer's word that somebody signed out there: in one of their sessions, or in all.
type Logout struct {
	Issuer    string
	TokenID   string
	Subject   string // empty: whoever has the session
	Session   string // the issuer's name for it (sid); empty: all
	ExpiresAt time.Time
}

// TakeLogout is a logout token that a provider's issuer sent (OpenID Connect Back-Channel Logout 1.0).
type TakeLogout struct {
	Provider string // by name
	Token    secret.String
}

// LoggedOut tells how many sessions ended.
type LoggedOut struct{ Sessions int }

func (d providerDesk) takeLogout(obey command.Func[shownLogout, LoggedOut]) command.Func[TakeLogout, LoggedOut] {
	return func(ctx context.Context, c TakeLogout) (LoggedOut, error) {
		p, err := offered(ctx, d.db, c.Provider)
		if err != nil {
			return LoggedOut{}, err
		}
		client, err := d.client(p)
		if err != nil {
			return LoggedOut{}, err
		}
		said, err := d.issuers.VerifyLogout(ctx, client, c.Token.Reveal())
		if err != nil {
			return LoggedOut{}, err
		}
		return obey(command.Unkept(ctx), shownLogout{provider: p.ID, said: said})
	}
}

// shownLogout is a logout token, checked outside the transaction.
type shownLogout struct {
	provider ident.ID
	said     Logout
}

const (
	noteLogout = `INSERT INTO logout_token (issuer, token_hash, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`
	// A session of which the issuer never said which of its own opened it ends with any of the person's.
	revokeByIssuer = `
UPDATE credential c SET revoked_at = $4
FROM external_identity e
WHERE e.id = c.identity_id AND c.revoked_at IS NULL AND e.issuer = $1
	AND ($2::text = '' OR e.subject = $2)
	AND ($3::text = '' OR c.issuer_session = $3 OR c.issuer_session IS NULL AND $2::text <> '')
RETURNING c.account_id, e.id AS identity_id`
)

// endedSession is whose it was.
type endedSession struct {
	Account  ident.ID `db:"account_id"`
	Identity ident.ID `db:"identity_id"`
}

func obeyLogout(ctx context.Context, tx *command.Tx, c shownLogout) (LoggedOut, error) {
	hash := sha256.Sum256([]byte(c.said.TokenID))
	tag, err := tx.Exec(ctx, noteLogout, c.said.Issuer, hash[:], c.said.ExpiresAt)
	if err != nil {
		return LoggedOut{}, fmt.Errorf("note logout token: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return LoggedOut{}, fault.New(fault.Conflict, "auth.logout_replayed", "This logout token was obeyed already.")
	}
	rows, err := pg.All[endedSession](ctx, tx, revokeByIssuer, c.said.Issuer, c.said.Subject, c.said.Session, tx.Now)
	if err != nil {
		return LoggedOut{}, fmt.Errorf("end sessions: %w", err)
	}
	slices.SortFunc(rows, func(a, b endedSession) int {
		return cmp.Or(bytes.Compare(a.Account[:], b.Account[:]), bytes.Compare(a.Identity[:], b.Identity[:]))
	})
	tx.Audit("identity_provider", c.provider, map[string]any{"sessions": len(rows)})
	for at := 0; at < len(rows); {
		next := at
		for next < len(rows) && rows[next] == rows[at] {
			next++
		}
		fact := SignedOutByIssuer{IdentityID: rows[at].Identity, ProviderID: c.provider, SessionsRevoked: int64(next - at)}
		if _, err := emitOn(ctx, tx, rows[at].Account, fact); err != nil {
			return LoggedOut{}, err
		}
		at = next
	}
	return LoggedOut{Sessions: len(rows)}, nil
}
