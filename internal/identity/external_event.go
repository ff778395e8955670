package identity

import "github.com/stoa-cloud/stoa/internal/platform/ident"

// Facts about identity providers, whose version counts them.
type (
	ProviderCreated struct{}
	ProviderUpdated struct {
		Enabled         bool  `json:"enabled"`
		SessionsRevoked int64 `json:"sessions_revoked"`
	}
	ProviderRemoved struct {
		SessionsRevoked int64 `json:"sessions_revoked"`
	}
)

// Facts about an account and who its person is elsewhere.
type (
	IdentityLinked struct {
		IdentityID ident.ID `json:"identity_id"`
		ProviderID ident.ID `json:"provider_id"`
		ByEmail    bool     `json:"by_email"`           // the issuer vouches for the account's address; password, sessions and tokens ended
		Newcomer   bool     `json:"newcomer,omitempty"` // the account was made for it
	}
	IdentityUnlinked struct {
		IdentityID      ident.ID `json:"identity_id"`
		SessionsRevoked int64    `json:"sessions_revoked"`
	}
	// SignedOutByIssuer says that the person signed out there, and with it here.
	SignedOutByIssuer struct {
		IdentityID      ident.ID `json:"identity_id"`
		ProviderID      ident.ID `json:"provider_id"`
		SessionsRevoked int64    `json:"sessions_revoked"`
	}
)

// EventType names the fact.
func (ProviderCreated) EventType() string { return "identity_provider.created.v1" }

// EventType names the fact.
func (ProviderUpdated) EventType() string { return "identity_provider.updated.v1" }

// EventType names the fact.
func (ProviderRemoved) EventType() string { return "identity_provider.removed.v1" }

// EventType names the fact.
func (IdentityLinked) EventType() string { return "user.identity_linked.v1" }

// EventType names the fact.
func (IdentityUnlinked) EventType() string { return "user.identity_unlinked.v1" }

// EventType names the fact.
func (SignedOutByIssuer) EventType() string { return "user.signed_out_by_issuer.v1" }
