package identity

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// ProviderNeeds is what Providers stand on.
type ProviderNeeds struct {
	Runner   *command.Runner
	Settings Settings
	Keys     *secret.Keys
	Issuers  Issuers
	Home     func() string // the address that browsers reach Stoa by
	// Observe is told how each access token fared: accepted, cached or refused.
	Observe func(outcome string)
}

// Providers is every command and query about outside issuers, bound.
type Providers struct {
	List   command.Func[ListProviders, []Provider]
	Get    command.Func[GetProvider, Provider]
	Create command.Func[CreateProvider, Provider]
	Update command.Func[UpdateProvider, Provider]
	Remove command.Func[RemoveProvider, struct{}]
	Test   command.Func[TestProvider, IssuerFacts]

	Offered    command.Func[OfferedProviders, []Offered]
	Start      command.Func[StartSignIn, Started]
	Finish     command.Func[FinishSignIn, Finished]
	Logout     command.Func[TakeLogout, LoggedOut]
	Link       command.Func[LinkIdentity, Started]
	Identities command.Func[ListIdentities, []Identity]
	Unlink     command.Func[UnlinkIdentity, struct{}]
	SignOutURL command.Func[GetSignOutURL, string]

	accept command.Func[acceptToken, ident.ID]
	desk   providerDesk
}

type providerDesk struct {
	desk
	keys    *secret.Keys
	issuers Issuers
	home    func() string
	observe func(outcome string)
	proved  *provedTokens
}

// NewProviders binds the commands and queries to the runner.
func NewProviders(n ProviderNeeds) *Providers {
	r := n.Runner
	if n.Observe == nil {
		n.Observe = func(string) {}
	}
	d := providerDesk{
		desk: desk{db: r.DB, clock: r.Clock, settings: n.Settings, table: r.Table, groups: groupsOf(r.Table)},
		keys: n.Keys, issuers: n.Issuers, home: n.Home, observe: n.Observe, proved: &provedTokens{byHash: map[[sha256.Size]byte]proved{}},
	}
	return &Providers{
		List:   query(r, "identity.provider.list", nowhere, listProviders),
		Get:    query(r, "identity.provider.get", nowhere, getProvider),
		Create: command.Bind(r, spec("identity.provider.create", command.NoScope[CreateProvider]), d.createProvider),
		Update: command.Bind(r, spec("identity.provider.update", command.NoScope[UpdateProvider]), d.updateProvider),
		Remove: command.Bind(r, spec("identity.provider.remove", command.NoScope[RemoveProvider]), removeProvider),
		Test:   query(r, "identity.provider.test", nowhere, d.testProvider),

		Offered:    query(r, "auth.providers", nowhere, offeredProviders),
		Start:      query(r, "auth.oidc_start", nowhere, d.startSignIn),
		Finish:     d.finishSignIn(command.Bind(r, spec("auth.oidc_finish", command.NoScope[shownIdentity]), d.completeSignInBy)),
		Logout:     d.takeLogout(command.Bind(r, spec("auth.oidc_logout", command.NoScope[shownLogout]), obeyLogout)),
		Link:       query(r, "me.link_identity", ownThings, d.startLink),
		Identities: query(r, "me.identities", ownThings, listIdentities),
		Unlink:     command.Bind(r, spec("me.unlink_identity", ofIdentity), unlinkIdentity),
		SignOutURL: query(r, "auth.sign_out_url", nowhere, d.signOutURL),

		accept: command.Bind(r, spec("auth.accept_token", command.NoScope[acceptToken]), d.acceptToken),
		desk:   d,
	}
}

// ListProviders asks for every provider, by name.
type ListProviders struct{}

const selectProviders = `SELECT ` + providerColumns + ` FROM identity_provider ORDER BY name`

func listProviders(ctx context.Context, q command.Query, _ ListProviders) ([]Provider, error) {
	return pg.All[Provider](ctx, q, selectProviders)
}

// GetProvider asks for one provider.
type GetProvider struct{ ID ident.ID }

const selectProvider = `SELECT ` + providerColumns + ` FROM identity_provider WHERE id = $1`

func getProvider(ctx context.Context, q command.Query, in GetProvider) (Provider, error) {
	p, err := pg.One[Provider](ctx, q, selectProvider, in.ID)
	return p, command.NotFoundIfNoRows(err)
}

// TestProvider asks whether an issuer can be reached and understood: that of a
// provider, or one that is to become one.
type TestProvider struct {
	ID     ident.ID
	Issuer string // instead of ID
}

func (d providerDesk) testProvider(ctx context.Context, q command.Query, in TestProvider) (IssuerFacts, error) {
	if !in.ID.IsZero() {
		p, err := getProvider(ctx, q, GetProvider{in.ID})
		if err != nil {
			return IssuerFacts{}, err
		}
		in.Issuer = p.Issuer
	}
	if err := checkIssuer(in.Issuer); err != nil {
		return IssuerFacts{}, err
	}
	facts, err := d.issuers.Discover(ctx, in.Issuer)
	if f := fault.Of(err); err != nil && f.Kind != fault.Internal { // that is what was asked
		return IssuerFacts{Problem: f.Message}, nil
	}
	return facts, err
}

// OfferedProviders asks what people may sign in through.
type OfferedProviders struct{}

// Offered is one of them, as everybody may see it.
type Offered struct {
	Name  string `db:"name"`
	Title string `db:"title"`
}

const selectOffered = `SELECT name, title FROM identity_provider WHERE enabled ORDER BY title, name`

func offeredProviders(ctx context.Context, q command.Query, _ OfferedProviders) ([]Offered, error) {
	return pg.All[Offered](ctx, q, selectOffered)
}

const selectEnabledProvider = `SELECT ` + providerColumns + ` FROM identity_provider WHERE name = $1 AND enabled`

// offered reads a provider that people may sign in through now.
func offered(ctx context.Context, q pg.Querier, name string) (Provider, error) {
	p, err := pg.One[Provider](ctx, q, selectEnabledProvider, name)
	if errors.Is(err, pgx.ErrNoRows) {
		return p, fault.New(fault.NotFound, "auth.provider_unknown", "There is no provider %q to sign in through.", name)
	}
	return p, err
}

// RedirectURI is where browsers come back to from a provider's issuer.
func (s *Providers) RedirectURI(provider string) string { return s.desk.redirectURI(provider) }

func (d providerDesk) redirectURI(provider string) string {
	return d.home() + "/api/v1/auth/oidc/" + provider + "/callback"
}

// LogoutURI is where a provider's issuer tells that somebody signed out there.
func (s *Providers) LogoutURI(provider string) string {
	return s.desk.home() + "/api/v1/auth/oidc/" + provider + "/logout"
}

// client is how Stoa presents itself to the provider's issuer.
func (d providerDesk) client(p Provider) (Client, error) {
	c := Client{Issuer: p.Issuer, ID: p.ClientID, Scopes: p.Scopes, Redirect: d.redirectURI(p.Name)}
	if p.ClientSecret == nil {
		return c, nil
	}
	var err error
	if c.Secret, err = d.keys.Open(p.ClientSecret, p.sealedFor()); err != nil {
		return c, fmt.Errorf("open the client secret of provider %s: %w", p.ID, err)
	}
	return c, nil
}

// provedTokens remembers access tokens whose signature was checked, by their hash, so
// that a request costs no cryptography. It forgets everything when it is full.
type provedTokens struct {
	mu     sync.Mutex
	byHash map[[sha256.Size]byte]proved
}

// proved is whose a token is.
type proved struct {
	identity ident.ID
	actions  []string
	until    time.Time
}

const (
	maxProved    = 20_000
	provedAtMost = 5 * time.Minute
)

func (t *provedTokens) find(hash [sha256.Size]byte, now time.Time) (proved, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p, ok := t.byHash[hash]
	return p, ok && now.Before(p.until)
}

func (t *provedTokens) keep(hash [sha256.Size]byte, p proved) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.byHash) >= maxProved {
		clear(t.byHash)
	}
	t.byHash[hash] = p
}
