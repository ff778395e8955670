package identity

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// UpdateProvider changes what a provider is, all at once. One that is no longer enabled ends
// the sessions that it opened. Its name stands in addresses
// that the issuer knows and its issuer tells whose people they are: both stay.
type UpdateProvider struct {
	ID ident.ID
	ProviderTerms
}

const (
	lockProvider = `SELECT ` + providerColumns + ` FROM identity_provider WHERE id = $1 FOR UPDATE`
	saveProvider = `
UPDATE identity_provider SET version = $2, title = $3, client_id = $4, client_secret = $5, scopes = coalesce($6::text[], '{}'),
	audiences = coalesce($7::text[], '{}'), scope_claim = $8, registration = $9, trusts_email = $10, enabled = $11, rules = $12, updated_at = $13
WHERE id = $1`
)

func (d providerDesk) updateProvider(ctx context.Context, tx *command.Tx, c UpdateProvider) (Provider, error) {
	p, err := pg.One[Provider](ctx, tx, lockProvider, c.ID)
	if err != nil {
		return Provider{}, command.NotFoundIfNoRows(err)
	}
	if err := d.agree(ctx, tx, &p, c.ProviderTerms); err != nil {
		return Provider{}, err
	}
	p.Version++
	_, err = tx.Exec(ctx, saveProvider, p.ID, p.Version, p.Title, p.ClientID, p.ClientSecret, p.Scopes, p.Audiences, p.ScopeClaim,
		p.Registration, p.TrustsEmail, p.Enabled, p.Rules, p.UpdatedAt)
	if err != nil {
		return Provider{}, fmt.Errorf("store provider: %w", err)
	}
	var ended int64
	if !p.Enabled {
		if ended, err = endSessionsBy(ctx, tx, p.Issuer); err != nil {
			return Provider{}, err
		}
	}
	tx.Emit(p.aggregate(), ProviderUpdated{Enabled: p.Enabled, SessionsRevoked: ended})
	p.ClientSecret = hideSecret(p.ClientSecret)
	return p, nil
}
