package identity

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// BeginPasskey asks for what the caller's authenticator is to make a passkey for.
type BeginPasskey struct{ Origin string }

// AddPasskey keeps the passkey that the authenticator made.
type AddPasskey struct {
	Origin string
	Name   string
	Answer []byte // PublicKeyCredential of navigator.credentials.create, as JSON
}

// Validate checks the input's shape.
func (c AddPasskey) Validate() error {
	if err := tenancy.CheckName("body.name", c.Name); err != nil {
		return err
	}
	return checkPasskeyAnswer(c.Answer)
}

const (
	selectRecords = `SELECT record FROM passkey WHERE account_id = $1`
	isSession     = `SELECT EXISTS (SELECT FROM credential WHERE id = $1 AND kind = 'session')`
	countPasskeys = `SELECT count(*) FROM passkey WHERE account_id = $1`
	insertPasskey = `
INSERT INTO passkey (id, account_id, credential_id, rp_id, record, name, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (credential_id) DO NOTHING`
)

// mayAddPasskey wants somebody before a browser, who has fewer than the setting allows:
// a token that leaks must not leave a way to sign in behind it.
func (d desk) mayAddPasskey(ctx context.Context, tx *command.Tx) error {
	session, err := pg.One[bool](ctx, tx, isSession, tx.Actor.Credential)
	if err != nil {
		return fmt.Errorf("read credential: %w", err)
	}
	if tx.Actor.Kind != command.User || !session {
		return fault.New(fault.Denied, "passkey.session", "Passkeys are added in the console by who is signed in there; a token cannot.")
	}
	policy, err := d.settings.Policy(ctx, tx)
	if err != nil {
		return err
	}
	if err := lockAccount(ctx, tx, tx.Actor.ID); err != nil {
		return err
	}
	have, err := pg.One[int](ctx, tx, countPasskeys, tx.Actor.ID)
	if err != nil {
		return fmt.Errorf("count passkeys: %w", err)
	}
	if have >= policy.Passkeys {
		return fault.New(fault.Limited, "passkey.max", "You may have %d passkeys. Remove one first.", policy.Passkeys).
			Over(fault.Limit{Name: "identity.passkeys.max", Value: int64(policy.Passkeys), Scope: "global"})
	}
	return nil
}

func (d desk) beginPasskey(ctx context.Context, tx *command.Tx, c BeginPasskey) (PasskeyChallenge, error) {
	rp, err := relyingParty(c.Origin)
	if err != nil {
		return PasskeyChallenge{}, err
	}
	if err := d.mayAddPasskey(ctx, tx); err != nil {
		return PasskeyChallenge{}, err
	}
	h, err := holderOf(ctx, tx, tx.Actor.ID)
	if err != nil {
		return PasskeyChallenge{}, err
	}
	creation, session, err := rp.BeginRegistration(h, webauthn.WithExclusions(webauthn.Credentials(h.passkeys).CredentialDescriptors()))
	if err != nil {
		return PasskeyChallenge{}, fmt.Errorf("begin passkey: %w", err)
	}
	tx.Audit("user", tx.Actor.ID, nil)
	return ask(ctx, tx, tx.Actor.ID, session, creation.Response)
}

func holderOf(ctx context.Context, tx *command.Tx, account ident.ID) (h holder, err error) {
	if h.account, err = pg.One[Account](ctx, tx, selectAccount, account); err != nil {
		return h, fmt.Errorf("read account: %w", err)
	}
	records, err := pg.All[[]byte](ctx, tx, selectRecords, account)
	if err != nil {
		return h, fmt.Errorf("read passkeys: %w", err)
	}
	h.passkeys = make([]webauthn.Credential, len(records))
	for i, record := range records {
		if err := json.Unmarshal(record, &h.passkeys[i]); err != nil {
			return h, fmt.Errorf("read passkey: %w", err)
		}
	}
	return h, nil
}

func (d desk) addPasskey(ctx context.Context, tx *command.Tx, c AddPasskey) (out outcome[Passkey], err error) {
	rp, err := relyingParty(c.Origin)
	if err != nil {
		return out, err
	}
	answer, err := protocol.ParseCredentialCreationResponseBytes(c.Answer)
	if err != nil {
		return out, errMalformedPasskey()
	}
	if err := d.mayAddPasskey(ctx, tx); err != nil {
		return out, err
	}
	session, err := taken(ctx, tx, answer.Response.CollectedClientData.Challenge, tx.Actor.ID)
	if err != nil {
		return out, err
	}
	h, err := holderOf(ctx, tx, tx.Actor.ID)
	if err != nil {
		return out, err
	}
	made, err := rp.CreateCredential(h, session, answer)
	if err != nil {
		tx.Audit("user", tx.Actor.ID, map[string]any{"failed": true})
		out.failed = fault.New(fault.Invalid, "passkey.refused", "The passkey was not made for this address, or without checking who holds the device. Begin again.").At("body.credential", "does not verify")
		return out, nil // commits: its challenge is over
	}
	made.Attestation = webauthn.CredentialAttestation{} // it is not asked for; what comes uncalled says which device this is
	record, err := json.Marshal(made)
	if err != nil {
		return out, fmt.Errorf("write passkey: %w", err)
	}
	p := Passkey{ID: tx.NewID(), Name: c.Name, Domain: rp.Config.RPID, CreatedAt: tx.Now}
	tag, err := tx.Exec(ctx, insertPasskey, p.ID, tx.Actor.ID, made.ID, p.Domain, record, p.Name, p.CreatedAt)
	if err != nil {
		return out, fmt.Errorf("store passkey: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return out, fault.New(fault.Conflict, "passkey.known", "This passkey is known already.")
	}
	_, err = emitOn(ctx, tx, tx.Actor.ID, PasskeyAdded{PasskeyID: p.ID})
	return outcome[Passkey]{result: p}, err
}
