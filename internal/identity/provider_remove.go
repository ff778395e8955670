package identity

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// RemoveProvider forgets a provider and ends the sessions that it opened. Its people
// keep their accounts, memberships and links: a provider with the same issuer knows
// them again.
type RemoveProvider struct{ ID ident.ID }

const deleteProvider = `DELETE FROM identity_provider WHERE id = $1`

func removeProvider(ctx context.Context, tx *command.Tx, c RemoveProvider) (struct{}, error) {
	p, err := pg.One[Provider](ctx, tx, lockProvider, c.ID)
	if err != nil {
		return struct{}{}, command.NotFoundIfNoRows(err)
	}
	if _, err := tx.Exec(ctx, deleteProvider, p.ID); err != nil {
		return struct{}{}, fmt.Errorf("remove provider: %w", err)
	}
	ended, err := endSessionsBy(ctx, tx, p.Issuer)
	if err != nil {
		return struct{}{}, err
	}
	p.Version++
	tx.Emit(p.aggregate(), ProviderRemoved{SessionsRevoked: ended})
	return struct{}{}, nil
}

const revokeSessionsBy = `
UPDATE credential SET revoked_at = $2
WHERE revoked_at IS NULL AND identity_id IN (SELECT id FROM external_identity WHERE issuer = $1)`

// endSessionsBy ends the sessions that an issuer opened: who no longer believes it does
// not believe what it said before either.
func endSessionsBy(ctx context.Context, tx *command.Tx, issuer string) (ended int64, err error) {
	tag, err := tx.Exec(ctx, revokeSessionsBy, issuer, tx.Now)
	if err != nil {
		return 0, fmt.Errorf("end sessions: %w", err)
	}
	return tag.RowsAffected(), nil
}
