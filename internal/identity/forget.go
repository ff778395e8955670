package identity

import (
	"context"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// KeepEnded is how long ended sessions and tokens, with the addresses they were used
// from, and counts of failed sign-ins are kept.
const KeepEnded = 30 * 24 * time.Hour

const (
	forgetCredentials = `DELETE FROM credential WHERE coalesce(revoked_at, expires_at) < $1`
	forgetGuards      = `DELETE FROM sign_in_guard WHERE last_failure < $1`
	forgetSteps       = `DELETE FROM sign_in_step WHERE expires_at < $1`
	forgetChallenges  = `DELETE FROM passkey_challenge WHERE expires_at < $1`
	forgetLogouts     = `DELETE FROM logout_token WHERE expires_at < $1`
	forgetDevices     = `DELETE FROM device_grant WHERE expires_at < $1`

	// Addresses that nobody has shown to be theirs go as soon as they are of no use.
	forgetChanges = `DELETE FROM email_change WHERE expires_at < $1 AND asked_since < $2`
	forgetLetters = `DELETE FROM account_letter WHERE expires_at < $1`
)

// Forget deletes what has ended longer than KeepEnded ago. Run it once a day or so.
func Forget(ctx context.Context, db *pg.DB, now time.Time) error {
	for _, sql := range []string{forgetCredentials, forgetGuards, forgetDevices, forgetSteps, forgetChallenges, forgetLogouts} {
		if _, err := db.Exec(ctx, sql, now.Add(-KeepEnded)); err != nil {
			return fmt.Errorf("forget ended credentials: %w", err)
		}
	}
	if _, err := db.Exec(ctx, forgetChanges, now, now.Add(-emailAskedIn)); err != nil {
		return fmt.Errorf("forget changes of address: %w", err)
	}
	if _, err := db.Exec(ctx, forgetLetters, now); err != nil {
		return fmt.Errorf("forget letters: %w", err)
	}
	return nil
}
