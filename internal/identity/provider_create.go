package identity

import (
	"context"
	"fmt"
	"slices"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

// CreateProvider lets people sign in through an issuer.
type CreateProvider struct {
	Name   string // stands in addresses: lower-case letters, digits, dashes
	Issuer string // its URL, as it writes it itself
	ProviderTerms
}

// Validate checks the input's shape.
func (c CreateProvider) Validate() error {
	if !providerName.MatchString(c.Name) {
		return fault.New(fault.Invalid, "provider.name", "A provider's name is lower-case letters, digits and dashes, at most 40, and begins with a letter.").
			At("body.name", "must match "+providerName.String())
	}
	if err := checkIssuer(c.Issuer); err != nil {
		return err
	}
	return c.ProviderTerms.Validate()
}

const insertProvider = `
INSERT INTO identity_provider (` + providerColumns + `)
VALUES ($1, $2, $3, $4, $5, $6, $7, coalesce($8::text[], '{}'), coalesce($9::text[], '{}'), $10, $11, $12, $13, $14, $15, $15)
ON CONFLICT DO NOTHING`

func (d providerDesk) createProvider(ctx context.Context, tx *command.Tx, c CreateProvider) (Provider, error) {
	p := Provider{ID: tx.NewID(), Version: 1, Name: c.Name, Issuer: c.Issuer, CreatedAt: tx.Now}
	if err := d.agree(ctx, tx, &p, c.ProviderTerms); err != nil {
		return Provider{}, err
	}
	tag, err := tx.Exec(ctx, insertProvider, p.ID, p.Version, p.Name, p.Title, p.Issuer, p.ClientID, p.ClientSecret, p.Scopes, p.Audiences,
		p.ScopeClaim, p.Registration, p.TrustsEmail, p.Enabled, p.Rules, p.CreatedAt)
	if err != nil {
		return Provider{}, fmt.Errorf("store provider: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return Provider{}, fault.New(fault.Conflict, "provider.taken", "There is already a provider with this name or this issuer.")
	}
	tx.Emit(p.aggregate(), ProviderCreated{})
	p.ClientSecret = hideSecret(p.ClientSecret)
	return p, nil
}

// agree writes the terms into the provider, with its secret sealed.
func (d providerDesk) agree(ctx context.Context, tx *command.Tx, p *Provider, t ProviderTerms) error {
	p.Rules = []Rule{}
	for _, rule := range t.Rules {
		located, err := rule.locate(ctx, tx)
		if err != nil {
			return err
		}
		p.Rules = append(p.Rules, located)
	}
	p.Title, p.ClientID, p.Scopes, p.Audiences, p.ScopeClaim = t.Title, t.ClientID, t.Scopes, t.Audiences, t.ScopeClaim
	p.Registration, p.TrustsEmail, p.Enabled, p.UpdatedAt = t.Registration, t.TrustsEmail, t.Enabled, tx.Now
	p.Scopes = slices.DeleteFunc(slices.Clone(t.Scopes), func(s string) bool { return s == "openid" }) // always asked for
	if !t.ClientSecret.IsEmpty() {
		p.ClientSecret = d.keys.Seal(t.ClientSecret, p.sealedFor())
	}
	return nil
}

// hideSecret leaves no more of the sealed secret than that there is one: an answer is
// kept for idempotent replay.
func hideSecret(sealed []byte) []byte {
	if sealed == nil {
		return nil
	}
	return []byte{}
}
