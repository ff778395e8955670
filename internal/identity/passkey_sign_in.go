package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// BeginPasskeySignIn asks for what some passkey is to sign. Nobody has to say who they are.
type BeginPasskeySignIn struct{ Origin string }

// SignInWithPasskey opens a session for who holds a passkey. The device has checked who
// they are, so that it is both factors.
type SignInWithPasskey struct {
	Origin    string
	Answer    []byte // PublicKeyCredential of navigator.credentials.get, as JSON
	UserAgent string
}

// Validate checks the input's shape.
func (c SignInWithPasskey) Validate() error { return checkPasskeyAnswer(c.Answer) }

func beginPasskeySignIn(ctx context.Context, tx *command.Tx, c BeginPasskeySignIn) (PasskeyChallenge, error) {
	rp, err := relyingParty(c.Origin)
	if err != nil {
		return PasskeyChallenge{}, err
	}
	assertion, session, err := rp.BeginDiscoverableLogin()
	if err != nil {
		return PasskeyChallenge{}, fmt.Errorf("begin sign-in with passkey: %w", err)
	}
	return ask(ctx, tx, ident.ID{}, session, assertion.Response)
}

const (
	findPasskey = `SELECT id, account_id, record FROM passkey WHERE credential_id = $1 FOR UPDATE`
	usePasskey  = `UPDATE passkey SET record = $2, last_used_at = $3 WHERE id = $1`
)

type passkeyRow struct {
	ID      ident.ID `db:"id"`
	Account ident.ID `db:"account_id"`
	Record  []byte   `db:"record"`
}

func (d desk) completePasskeySignIn(ctx context.Context, tx *command.Tx, c SignInWithPasskey) (out outcome[SignedInOnce], err error) {
	rp, err := relyingParty(c.Origin)
	if err != nil {
		return out, err
	}
	answer, err := protocol.ParseCredentialRequestResponseBytes(c.Answer)
	if err != nil {
		return out, errMalformedPasskey()
	}
	session, err := taken(ctx, tx, answer.Response.CollectedClientData.Challenge, ident.ID{})
	if err != nil {
		return out, err
	}
	row, err := pg.One[passkeyRow](ctx, tx, findPasskey, answer.RawID)
	if errors.Is(err, pgx.ErrNoRows) {
		out.failed = errWrongPasskey() // commits: its challenge is over
		return out, nil
	}
	if err != nil {
		return out, fmt.Errorf("look for passkey: %w", err)
	}
	h := holder{passkeys: make([]webauthn.Credential, 1)}
	if err := json.Unmarshal(row.Record, &h.passkeys[0]); err != nil {
		return out, fmt.Errorf("read passkey: %w", err)
	}
	if h.account, err = pg.One[Account](ctx, tx, selectAccount, row.Account); err != nil {
		return out, fmt.Errorf("read account: %w", err)
	}
	_, used, wrong := rp.ValidatePasskeyLogin(func(_, _ []byte) (webauthn.User, error) { return h, nil }, session, answer)
	if wrong != nil {
		tx.Audit("user", row.Account, map[string]any{"failed": true, "passkey_id": row.ID})
		out.failed = errWrongPasskey()
		return out, nil
	}
	if used.Authenticator.CloneWarning {
		_, err := emitOn(ctx, tx, row.Account, PasskeyRefused{PasskeyID: row.ID, Reason: "counter"})
		tx.Audit("user", row.Account, map[string]any{"failed": true, "passkey_id": row.ID, "counter": answer.Response.AuthenticatorData.Counter})
		out.failed = fault.New(fault.Unauthenticated, "auth.passkey_copied", "This passkey has counted backwards, so that a copy of it may exist. Sign in with your password, remove it and add a new one.")
		return out, err
	}
	if err := d.notLocked(ctx, tx, hashEmail(h.account.Email)); err != nil {
		return out, err
	}
	record, err := json.Marshal(used)
	if err != nil {
		return out, fmt.Errorf("write passkey: %w", err)
	}
	tx.Defer(usePasskey, row.ID, record, tx.Now)
	tx.Actor = command.Actor{Kind: command.User, ID: row.Account}
	out.result, err = d.openSession(ctx, tx, &h.account, c.UserAgent)
	tx.Audit("user", row.Account, map[string]any{"passkey_id": row.ID})
	return out, err
}

func errWrongPasskey() error {
	return fault.New(fault.Unauthenticated, "auth.wrong_passkey", "This passkey signs nobody in here. Use another one, or your password.")
}
