package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// Passkey is a key pair of somebody's device or password manager, of which Stoa knows
// the public half.
type Passkey struct {
	ID         ident.ID   `db:"id"`
	Name       string     `db:"name"`
	Domain     string     `db:"rp_id"` // where it works
	CreatedAt  time.Time  `db:"created_at"`
	LastUsedAt *time.Time `db:"last_used_at"`
}

const (
	challengeLasts = 5 * time.Minute

	// MaxPasskeyAnswer is the longest answer of an authenticator that is looked at, in bytes.
	MaxPasskeyAnswer = 64 << 10
)

// PasskeyChallenge is what the browser hands to the authenticator: the JSON form of
// PublicKeyCredentialCreationOptions or …RequestOptions (WebAuthn level 3).
type PasskeyChallenge struct {
	Options   json.RawMessage
	ExpiresAt time.Time
}

// relyingParty is Stoa as authenticators know it, at an address that people open.
// Browsers have passkeys only for domains, and only over HTTPS or on the machine itself.
func relyingParty(origin string) (*webauthn.WebAuthn, error) {
	u, err := url.Parse(origin)
	host := ""
	if err == nil {
		host = u.Hostname()
	}
	if local := host == "localhost"; host == "" || net.ParseIP(host) != nil || u.Scheme != "https" && !local {
		return nil, fault.New(fault.Conflict, "passkey.address", "Passkeys need a domain with HTTPS, or http://localhost. Ask an operator to start stoad with --public-url https://NAME, and open that address.")
	}
	rp, err := webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: "Stoa", RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: protocol.VerificationRequired,
		},
		Timeouts: webauthn.TimeoutsConfig{Login: webauthn.TimeoutConfig{Timeout: challengeLasts}, Registration: webauthn.TimeoutConfig{Timeout: challengeLasts}},
	})
	if err != nil {
		return nil, fmt.Errorf("configure passkeys: %w", err)
	}
	return rp, nil
}

// holder is a person as the WebAuthn library sees them.
type holder struct {
	account  Account
	passkeys []webauthn.Credential
}

// WebAuthnID implements webauthn.User.
func (h holder) WebAuthnID() []byte { return h.account.ID[:] }

// WebAuthnName implements webauthn.User.
func (h holder) WebAuthnName() string { return h.account.Email }

// WebAuthnDisplayName implements webauthn.User.
func (h holder) WebAuthnDisplayName() string { return h.account.Name }

// WebAuthnCredentials implements webauthn.User.
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.passkeys }

const (
	insertChallenge = `INSERT INTO passkey_challenge (challenge, account_id, session, expires_at) VALUES ($1, $2, $3, $4)`
	takeChallenge   = `DELETE FROM passkey_challenge WHERE challenge = $1 AND account_id IS NOT DISTINCT FROM $2 AND expires_at > $3 RETURNING session`
)

// ask stores what an answer will be checked against. A zero account is somebody who signs in.
func ask(ctx context.Context, tx *command.Tx, account ident.ID, session *webauthn.SessionData, options any) (PasskeyChallenge, error) {
	out := PasskeyChallenge{ExpiresAt: tx.Now.Add(challengeLasts)}
	var err error
	if out.Options, err = json.Marshal(options); err != nil {
		return out, fmt.Errorf("write passkey options: %w", err)
	}
	kept, err := json.Marshal(session)
	if err != nil {
		return out, fmt.Errorf("write passkey challenge: %w", err)
	}
	if _, err := tx.Exec(ctx, insertChallenge, session.Challenge, account, kept, out.ExpiresAt); err != nil {
		return out, fmt.Errorf("store passkey challenge: %w", err)
	}
	return out, nil
}

// taken ends a challenge, whatever the answer is worth.
func taken(ctx context.Context, tx *command.Tx, challenge string, account ident.ID) (session webauthn.SessionData, err error) {
	kept, err := pg.One[[]byte](ctx, tx, takeChallenge, challenge, account, tx.Now)
	if errors.Is(err, pgx.ErrNoRows) {
		return session, fault.New(fault.Denied, "passkey.challenge", "This question to your passkey has expired or was answered already. Begin again.")
	}
	if err != nil {
		return session, fmt.Errorf("take passkey challenge: %w", err)
	}
	if err := json.Unmarshal(kept, &session); err != nil {
		return session, fmt.Errorf("read passkey challenge: %w", err)
	}
	return session, nil
}

func checkPasskeyAnswer(answer []byte) error {
	if len(answer) == 0 || len(answer) > MaxPasskeyAnswer {
		return errMalformedPasskey()
	}
	return nil
}

func errMalformedPasskey() error {
	return fault.New(fault.Invalid, "passkey.malformed", "This is no answer of an authenticator.").At("body.credential", "must be the JSON form of a PublicKeyCredential")
}

// ListPasskeys asks for the caller's own, oldest first.
type ListPasskeys struct{ tenancy.Paging }

const selectPasskeys = `
SELECT id, name, rp_id, created_at, last_used_at FROM passkey WHERE account_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`

func listPasskeys(ctx context.Context, q command.Query, in ListPasskeys) (tenancy.Page[Passkey], error) {
	rows, err := pg.All[Passkey](ctx, q, selectPasskeys, q.Actor.ID, in.After, in.Size()+1)
	return tenancy.PageOf(rows, in.Paging, func(p Passkey) ident.ID { return p.ID }), err
}

// RemovePasskey forgets one: it signs nobody in any more. The last one stays while there is no password.
type RemovePasskey struct{ ID ident.ID }

const (
	lockPasskey   = `SELECT account_id FROM passkey WHERE id = $1 FOR UPDATE`
	removePasskey = `DELETE FROM passkey WHERE id = $1`
	// Asked once the account is locked: a statement that waits for the lock counts what was there before.
	isOnlyWayIn = `SELECT a.password_hash IS NULL AND (SELECT count(*) FROM passkey p WHERE p.account_id = a.id) = 1
	AND NOT EXISTS (SELECT 1 FROM external_identity e WHERE e.account_id = a.id) FROM account a WHERE a.id = $1`
	forgetPasskeys = `DELETE FROM passkey WHERE account_id = $1`
)

func passkeyScope(ctx context.Context, tx *command.Tx, c RemovePasskey) (scope command.Scope, err error) {
	err = tx.QueryRow(ctx, lockPasskey, c.ID).Scan(&scope.Owner)
	return scope, command.NotFoundIfNoRows(err)
}

func dropPasskey(ctx context.Context, tx *command.Tx, c RemovePasskey) (struct{}, error) {
	if err := lockAccount(ctx, tx, tx.Scope.Owner); err != nil {
		return struct{}{}, err
	}
	only, err := pg.One[bool](ctx, tx, isOnlyWayIn, tx.Scope.Owner)
	if err != nil {
		return struct{}{}, fmt.Errorf("look for other ways to sign in: %w", err)
	}
	if only {
		return struct{}{}, fault.New(fault.Conflict, "passkey.last", "You have no password, and this is your last passkey. Add another one first, or ask an operator for a link to set a password.")
	}
	tx.Defer(removePasskey, c.ID)
	_, err = emitOn(ctx, tx, tx.Scope.Owner, PasskeyRemoved{PasskeyID: c.ID})
	return struct{}{}, err
}
