package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// SecondFactor is what somebody has besides their password.
type SecondFactor struct {
	App           *time.Time // since when an authenticator app, if any
	RecoveryCodes int        // how many are left
	Required      bool       // whether the setting asks it of this person
}

// Sealer keeps the secrets that Stoa itself must read again.
type Sealer interface {
	Seal(plain secret.String, purpose string) []byte
	Open(sealed []byte, purpose string) (secret.String, error)
}

// The numbers of RFC 6238 that every authenticator app knows.
const (
	totpStep   = 30 * time.Second
	totpSkew   = 1 // steps that a clock may be off, either way
	totpDigits = otp.DigitsSix
	totpBytes  = 20

	recoveryCodes = 10
	recoveryBytes = 10
)

var base32NoPadding = base32.StdEncoding.WithPadding(base32.NoPadding)

func newTOTPSecret() secret.String {
	b := make([]byte, totpBytes)
	_, _ = rand.Read(b) // never fails: crypto/rand crashes the program instead
	return secret.New(base32NoPadding.EncodeToString(b))
}

func totpPurpose(account ident.ID) string { return "second_factor/" + account.String() + "/totp" }

// totpMatches finds the time step that a code is of. Steps up to last are over: a code
// that was read over a shoulder, or on the wire, is worth nothing once it was used.
func totpMatches(shared secret.String, code string, now time.Time, last int64) (step int64, ok bool, err error) {
	at := now.Unix() / int64(totpStep.Seconds())
	for s := at - totpSkew; s <= at+totpSkew; s++ {
		want, err := hotp.GenerateCodeCustom(shared.Reveal(), uint64(s), hotp.ValidateOpts{Digits: totpDigits, Algorithm: otp.AlgorithmSHA1}) //nolint:gosec // not before 1970
		if err != nil {
			return 0, false, fmt.Errorf("compute code: %w", err)
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 && s > last {
			step, ok = s, true
		}
	}
	return step, ok, nil
}

// newRecoveryCodes are shown once, in groups that people can copy.
func newRecoveryCodes() (shown []secret.String, hashes [][]byte) {
	for range recoveryCodes {
		plain := secret.Random(recoveryBytes).Reveal()
		shown = append(shown, secret.New(plain[:4]+"-"+plain[4:8]+"-"+plain[8:12]+"-"+plain[12:]))
		hashes = append(hashes, hashRecoveryCode(plain))
	}
	return shown, hashes
}

func hashRecoveryCode(typed string) []byte {
	sum := sha256.Sum256([]byte(plainCode(typed)))
	return sum[:]
}

// plainCode drops what people put between the letters or digits.
func plainCode(typed string) string {
	return strings.ToLower(strings.Join(strings.FieldsFunc(typed, func(r rune) bool { return r == '-' || r == ' ' }), ""))
}

const (
	lockFactor = `SELECT sealed_secret, last_step, confirmed_at FROM second_factor WHERE account_id = $1 FOR UPDATE`
	useStep    = `UPDATE second_factor SET last_step = $2 WHERE account_id = $1`
	useCode    = `DELETE FROM recovery_code WHERE account_id = $1 AND code_hash = $2`
	hasFactor  = `SELECT EXISTS (SELECT FROM second_factor WHERE account_id = $1 AND confirmed_at IS NOT NULL)`
)

type factorRow struct {
	Sealed      []byte     `db:"sealed_secret"`
	LastStep    int64      `db:"last_step"`
	ConfirmedAt *time.Time `db:"confirmed_at"`
}

// provesFactor takes a code of the app, or a recovery code, and uses it up.
func (d desk) provesFactor(ctx context.Context, tx *command.Tx, account ident.ID, code secret.String) (bool, error) {
	row, err := pg.One[factorRow](ctx, tx, lockFactor, account)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && row.ConfirmedAt == nil {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read second factor: %w", err)
	}
	typed := plainCode(code.Reveal())
	if len(typed) != totpDigits.Length() {
		tag, err := tx.Exec(ctx, useCode, account, hashRecoveryCode(typed))
		return err == nil && tag.RowsAffected() == 1, err
	}
	return d.useTOTP(ctx, tx, account, row, typed)
}

func (d desk) useTOTP(ctx context.Context, tx *command.Tx, account ident.ID, row factorRow, typed string) (bool, error) {
	shared, err := d.keys.Open(row.Sealed, totpPurpose(account))
	if err != nil {
		return false, fmt.Errorf("open second factor: %w", err)
	}
	step, ok, err := totpMatches(shared, typed, tx.Now, row.LastStep)
	if err != nil || !ok {
		return false, err
	}
	_, err = tx.Exec(ctx, useStep, account, step)
	return err == nil, err
}

// MaxCode is the longest code that is looked at, in bytes.
const MaxCode = 40

// Code is a code of an authenticator app, or a recovery code.
type Code struct{ Code secret.String }

// Validate checks the input's shape.
func (c Code) Validate() error {
	if n := len(c.Code.Reveal()); n == 0 || n > MaxCode {
		return fault.New(fault.Invalid, "second_factor.code", "A code has six digits; a recovery code has 16 letters and digits.").At("body.code", fmt.Sprintf("must have 1 to %d bytes", MaxCode))
	}
	return nil
}

func errWrongCode() error {
	return fault.New(fault.Unauthenticated, "auth.wrong_code", "The code is wrong, has passed, or was used already. Wait for the next one.")
}

func errWrongOwnCode() error {
	return fault.New(fault.Denied, "second_factor.wrong_code", "The code is wrong, has passed, or was used already. Wait for the next one.").At("body.code", "is wrong")
}

const selectFactor = `
SELECT f.confirmed_at, (SELECT count(*) FROM recovery_code c WHERE c.account_id = a.id) AS codes, a.platform_roles
FROM account a LEFT JOIN second_factor f ON f.account_id = a.id WHERE a.id = $1`

// GetSecondFactor asks for the caller's own.
type GetSecondFactor struct{}

func (d desk) getSecondFactor(ctx context.Context, q command.Query, _ GetSecondFactor) (out SecondFactor, err error) {
	var a Account
	if err := q.QueryRow(ctx, selectFactor, q.Actor.ID).Scan(&out.App, &out.RecoveryCodes, &a.PlatformRoles); err != nil {
		return out, fmt.Errorf("read second factor: %w", err)
	}
	policy, err := d.settings.Policy(ctx, q)
	out.Required = q.Actor.Kind == command.User && policy.asksOf(a)
	return out, err
}
