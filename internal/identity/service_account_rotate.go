package identity

import (
	"context"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// RotateServiceKey makes a new key of a service account and dates the end of the one
// before. Without one it only makes a key. The account may do so itself.
type RotateServiceKey struct {
	OfServiceAccount
	Overlap time.Duration // how long the key before still holds; zero: it ends now
	Lasts   time.Duration // zero: 90 days
}

// ServiceKeyRotatedOnce carries the new key's secret, which is shown this one time.
type ServiceKeyRotatedOnce struct {
	Key    TokenCreatedOnce
	EndsAt *time.Time // of the key before, if there was one
}

const dateKey = `UPDATE credential SET expires_at = $2 WHERE id = $1`

func (d desk) rotateServiceKey(ctx context.Context, tx *command.Tx, c RotateServiceKey) (out ServiceKeyRotatedOnce, err error) {
	a, err := managedServiceAccount(ctx, tx, c.ID)
	if err != nil {
		return out, err
	}
	before, err := pg.All[Credential](ctx, tx, selectCredentials, c.ID, APIToken, tx.Now, ident.ID{}, maxKeys)
	if err != nil {
		return out, fmt.Errorf("read keys: %w", err)
	}
	fact := ServiceKeyRotated{Replaced: len(before), EndsAt: tx.Now}
	switch {
	case len(before) == 0:
	case c.Overlap == 0:
		if _, err := tx.Exec(ctx, revokeKeys, c.ID, tx.Now); err != nil {
			return out, fmt.Errorf("end keys: %w", err)
		}
		out.EndsAt = &fact.EndsAt
	case len(before) == maxKeys:
		return out, fault.New(fault.Conflict, "service_account.two_keys", "%d keys hold already, the older until %s. Revoke one, wait for its end, or rotate without overlap.",
			maxKeys, before[0].ExpiresAt.UTC().Format(time.RFC3339)).Over(fault.Limit{Name: "service_account.keys", Value: maxKeys, Scope: "service_account"})
	default:
		fact.EndsAt = tx.Now.Add(c.Overlap)
		if before[0].ExpiresAt.Before(fact.EndsAt) {
			fact.EndsAt = *before[0].ExpiresAt
		}
		if _, err := tx.Exec(ctx, dateKey, before[0].ID, fact.EndsAt); err != nil {
			return out, fmt.Errorf("date the end of a key: %w", err)
		}
		out.EndsAt = &fact.EndsAt
	}
	if out.Key, err = d.issueKey(ctx, tx, a, c.Lasts); err != nil {
		return out, err
	}
	fact.KeyID = out.Key.Token.ID
	_, err = emitOnService(ctx, tx, c.ID, fact)
	return out, err
}
