package identity

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// EnrollSecondFactor makes a secret for the caller's authenticator app. It is asked for
// only once ConfirmSecondFactor has seen a code of it.
type EnrollSecondFactor struct {
	Installation string // its host, by which the app names the entry
}

// EnrolledOnce carries the secret, as text and as the address that a QR code holds.
type EnrolledOnce struct{ Secret, URI secret.String }

const saveFactor = `
INSERT INTO second_factor (account_id, sealed_secret, created_at) VALUES ($1, $2, $3)
ON CONFLICT (account_id) DO UPDATE SET sealed_secret = excluded.sealed_secret, created_at = excluded.created_at
WHERE second_factor.confirmed_at IS NULL`

func (d desk) enrollSecondFactor(ctx context.Context, tx *command.Tx, c EnrollSecondFactor) (EnrolledOnce, error) {
	if tx.Actor.Kind != command.User {
		return EnrolledOnce{}, fault.New(fault.Denied, "second_factor.person", "A service account does not sign in, so it has no second factor.")
	}
	a, err := pg.One[Account](ctx, tx, selectAccount, tx.Actor.ID)
	if err != nil {
		return EnrolledOnce{}, fmt.Errorf("read account: %w", err)
	}
	shared := newTOTPSecret()
	tag, err := tx.Exec(ctx, saveFactor, a.ID, d.keys.Seal(shared, totpPurpose(a.ID)), tx.Now)
	if err != nil {
		return EnrolledOnce{}, fmt.Errorf("store second factor: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return EnrolledOnce{}, fault.New(fault.Conflict, "second_factor.enrolled", "You have an authenticator app already. Remove it first.")
	}
	tx.Audit("user", a.ID, nil)
	issuer := "Stoa"
	if c.Installation != "" {
		issuer = "Stoa " + c.Installation
	}
	uri := url.URL{
		Scheme: "otpauth", Host: "totp", Path: "/" + issuer + ":" + a.Email,
		RawQuery: "secret=" + shared.Reveal() + "&issuer=" + url.PathEscape(issuer),
	}
	return EnrolledOnce{Secret: shared, URI: secret.New(uri.String())}, nil
}

// ConfirmSecondFactor shows that the app has the secret: from now on signing in asks for it.
type ConfirmSecondFactor struct{ Code }

// RecoveryCodesOnce carries codes for who loses the app; each works once.
type RecoveryCodesOnce struct{ Codes []secret.String }

const (
	confirmFactor = `UPDATE second_factor SET confirmed_at = $2 WHERE account_id = $1`
	forgetCodes   = `DELETE FROM recovery_code WHERE account_id = $1`
	insertCodes   = `INSERT INTO recovery_code (account_id, code_hash) SELECT $1, unnest($2::bytea[])`
	// A session that was opened only to enrol may do everything from now on.
	widenSession = `UPDATE credential SET scopes = '{}' WHERE id = $1 AND kind = 'session'`
)

func (d desk) confirmSecondFactor(ctx context.Context, tx *command.Tx, c ConfirmSecondFactor) (RecoveryCodesOnce, error) {
	row, err := pg.One[factorRow](ctx, tx, lockFactor, tx.Actor.ID)
	if errors.Is(err, pgx.ErrNoRows) {
		return RecoveryCodesOnce{}, fault.New(fault.Conflict, "second_factor.none", "There is no authenticator app to confirm. Enrol one first.")
	}
	if err != nil {
		return RecoveryCodesOnce{}, fmt.Errorf("read second factor: %w", err)
	}
	if row.ConfirmedAt != nil {
		return RecoveryCodesOnce{}, fault.New(fault.Conflict, "second_factor.enrolled", "You have an authenticator app already. Remove it first.")
	}
	right, err := d.useTOTP(ctx, tx, tx.Actor.ID, row, plainCode(c.Code.Code.Reveal()))
	if err != nil {
		return RecoveryCodesOnce{}, err
	}
	if !right {
		return RecoveryCodesOnce{}, errWrongOwnCode()
	}
	tx.Defer(confirmFactor, tx.Actor.ID, tx.Now)
	tx.Defer(widenSession, tx.Actor.Credential)
	codes := replaceRecoveryCodes(tx, tx.Actor.ID)
	_, err = emitOn(ctx, tx, tx.Actor.ID, SecondFactorSet{Kind: "app"})
	return codes, err
}

func replaceRecoveryCodes(tx *command.Tx, account ident.ID) RecoveryCodesOnce {
	shown, hashes := newRecoveryCodes()
	tx.Defer(forgetCodes, account)
	tx.Defer(insertCodes, account, hashes)
	return RecoveryCodesOnce{Codes: shown}
}
