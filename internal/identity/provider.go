package identity

import (
	"encoding/json"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// Admission says whom a provider may make an account for.
type Admission string

// The modes of admission. Who has an account already links it under any of them.
const (
	AdmitNobody  Admission = "closed"
	AdmitMatched Admission = "rules" // whom one of the rules gives a membership
	AdmitAll     Admission = "open"  // everybody whom the issuer knows
)

// Provider is an OpenID Connect issuer that people may sign in through, and whose
// access tokens the API may accept.
type Provider struct {
	ID           ident.ID  `db:"id"`
	Version      int64     `db:"version"`
	Name         string    `db:"name"`
	Title        string    `db:"title"`
	Issuer       string    `db:"issuer"`
	ClientID     string    `db:"client_id"`
	ClientSecret []byte    `db:"client_secret"` // sealed; nil: a public client
	Scopes       []string  `db:"scopes"`
	Audiences    []string  `db:"audiences"`
	ScopeClaim   string    `db:"scope_claim"`
	Registration Admission `db:"registration"`
	TrustsEmail  bool      `db:"trusts_email"`
	Enabled      bool      `db:"enabled"`
	Rules        []Rule    `db:"rules"`
	CreatedAt    time.Time `db:"created_at"`
	UpdatedAt    time.Time `db:"updated_at"`
}

const providerColumns = `id, version, name, title, issuer, client_id, client_secret, scopes, audiences, scope_claim, registration,
	trusts_email, enabled, rules, created_at, updated_at`

func (p Provider) aggregate() eventlog.Aggregate {
	return eventlog.Aggregate{Kind: "identity_provider", ID: p.ID, Version: p.Version}
}

func (p Provider) sealedFor() string { return "identity_provider/" + p.ID.String() + "/client_secret" }

// Rule gives a role in an organization, or in one of its projects, to whom the issuer
// says something of. One in a project makes a member of the organization too.
type Rule struct {
	Claim          string          `json:"claim"` // by name, or a path into objects: realm_access.roles
	Value          string          `json:"value"` // the claim's, or one of a list's; * is any
	OrganizationID ident.ID        `json:"organization_id"`
	ProjectID      ident.ID        `json:"project_id,omitzero"`
	Role           permission.Role `json:"role"`
}

// Claims are what an issuer's token says.
type Claims struct {
	Issuer, Subject     string
	IssuedAt, ExpiresAt time.Time
	All                 map[string]any // everything, these included
}

func (c Claims) text(name string) string {
	s, _ := c.All[name].(string)
	return strings.TrimSpace(s)
}

// claim finds a claim by its name, or else by a path with dots into objects.
func (c Claims) claim(path string) (any, bool) {
	if v, ok := c.All[path]; ok {
		return v, true
	}
	at := c.All
	for {
		head, rest, more := strings.Cut(path, ".")
		v, ok := at[head]
		if !ok || !more {
			return v, ok
		}
		if at, ok = v.(map[string]any); !ok {
			return nil, false
		}
		path = rest
	}
}

// words are the texts of a claim: of a list each, of a text itself.
func words(claim any) []string {
	switch v := claim.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, item := range v {
			all = append(all, words(item)...)
		}
		return all
	case bool, float64, json.Number:
		return []string{fmt.Sprint(v)}
	}
	return nil
}

// scopeWords are the words of a claim that lists scopes: with spaces between (RFC 9068),
// or as a list.
func scopeWords(claim any) []string {
	var all []string
	for _, text := range words(claim) {
		all = append(all, strings.Fields(text)...)
	}
	return all
}

// email is the address that may stand for the person: one that the issuer verified,
// or one of an issuer that is trusted to know and does not say otherwise.
func (c Claims) email(trusted bool) (address string, verified bool) {
	address = strings.ToLower(c.text("email"))
	if tenancy.CheckEmail("", address) != nil {
		return "", false
	}
	switch v := c.All["email_verified"].(type) {
	case bool:
		return address, v
	case string: // some issuers spell it so
		return address, v == "true"
	}
	return address, trusted
}

// name is what to call the person.
func (c Claims) name(email string) string {
	for _, name := range []string{c.text("name"), c.text("preferred_username"), email} {
		if name = cut(name, tenancy.MaxName); tenancy.CheckName("", name) == nil {
			return name
		}
	}
	return "Somebody"
}

// ProviderTerms are what an operator says about a provider.
type ProviderTerms struct {
	Title        string
	ClientID     string
	ClientSecret secret.String // empty: as it is
	Scopes       []string
	Audiences    []string
	ScopeClaim   string
	Registration Admission
	TrustsEmail  bool
	Enabled      bool
	Rules        []Rule
}

const (
	maxRules     = 200
	maxItems     = 20
	maxClaimText = 300
)

var (
	providerName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)
	scopeToken   = regexp.MustCompile(`^[\x21\x23-\x5b\x5d-\x7e]{1,300}$`) // RFC 6749, 3.3
)

// Validate checks the terms' shape.
func (t ProviderTerms) Validate() error {
	if err := tenancy.CheckName("body.title", t.Title); err != nil {
		return err
	}
	invalid := func(at, format string, args ...any) error {
		why := fmt.Sprintf(format, args...)
		return fault.New(fault.Invalid, "provider.invalid", "The provider cannot be like this: %s %s.", at, why).At("body."+at, why)
	}
	switch {
	case t.ClientID == "" || len(t.ClientID) > maxClaimText:
		return invalid("client_id", "must have 1 to %d bytes", maxClaimText)
	case len(t.Scopes) > maxItems || slices.ContainsFunc(t.Scopes, func(s string) bool { return !scopeToken.MatchString(s) }):
		return invalid("scopes", "must be at most %d words without spaces", maxItems)
	case len(t.Audiences) > maxItems || slices.ContainsFunc(t.Audiences, func(s string) bool { return s == "" || len(s) > maxClaimText }):
		return invalid("audiences", "must be at most %d, none of them empty", maxItems)
	case len(t.ScopeClaim) > maxClaimText:
		return invalid("scope_claim", "must have at most %d bytes", maxClaimText)
	case !slices.Contains([]Admission{AdmitNobody, AdmitMatched, AdmitAll}, t.Registration):
		return invalid("registration", "must be closed, rules or open")
	case len(t.Rules) > maxRules:
		return invalid("rules", "must be at most %d", maxRules)
	}
	for i, r := range t.Rules {
		switch {
		case r.Claim == "" || len(r.Claim) > maxClaimText || r.Value == "" || len(r.Value) > maxClaimText:
			return invalid(fmt.Sprintf("rules[%d]", i), "needs a claim and a value of at most %d bytes", maxClaimText)
		case r.ProjectID.IsZero() && r.Role != tenancy.Admin && r.Role != tenancy.Member:
			return invalid(fmt.Sprintf("rules[%d].role", i), "must be %s or %s: owners are appointed by people", tenancy.Admin, tenancy.Member)
		case !r.ProjectID.IsZero() && !slices.Contains(tenancy.ProjectRoles(), r.Role):
			return invalid(fmt.Sprintf("rules[%d].role", i), "must be a project's role")
		}
	}
	return nil
}

// checkIssuer wants an address that nobody on the way can change: https, or this machine.
func checkIssuer(issuer string) error {
	refuse := func(why string) error {
		return fault.New(fault.Invalid, "provider.issuer", "This is no issuer's address: it %s.", why).At("body.issuer", why)
	}
	u, err := url.Parse(issuer)
	switch {
	case err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || strings.Contains(issuer, "#") || len(issuer) > 500:
		return refuse("must be a URL with a host, without user name, query and fragment")
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && isThisMachine(u.Hostname()):
		return nil
	}
	return refuse("must begin with https://")
}

func isThisMachine(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}
