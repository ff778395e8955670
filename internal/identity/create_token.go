package identity

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// CreateToken makes an API token: it may do what the caller may, narrowed to some
// commands, to one project, and in time.
type CreateToken struct {
	Name      string
	Scopes    []string // names of commands and queries, or groups of them: "execution.*"; empty: all
	ProjectID ident.ID // zero: all projects
	ExpiresAt *time.Time
	Lasts     time.Duration // instead of ExpiresAt; neither: until it is revoked
}

const maxScopes = 100

// Validate checks the input's shape.
func (c CreateToken) Validate() error {
	if err := tenancy.CheckName("body.name", c.Name); err != nil {
		return err
	}
	if len(c.Scopes) > maxScopes {
		return fault.New(fault.Invalid, "token.scopes", "A token has at most %d scopes; use groups like execution.*.", maxScopes).At("body.scopes", "has too many items")
	}
	if c.ExpiresAt != nil && c.Lasts != 0 {
		return fault.New(fault.Invalid, "token.two_expiries", "Give expires_at or expires_in_days, not both.").At("body.expires_in_days", "must be absent beside expires_at")
	}
	return nil
}

// TokenCreatedOnce carries the token's secret, which is shown this one time.
type TokenCreatedOnce struct {
	Token  Credential
	Secret secret.String
}

func (d desk) createToken(ctx context.Context, tx *command.Tx, c CreateToken) (TokenCreatedOnce, error) {
	if tx.Actor.Kind == command.ServiceAccount && tx.Actor.ID != localOperator {
		return TokenCreatedOnce{}, fault.New(fault.Denied, "service_account.keys_only", "A service account has keys, at most %d at a time, and makes no other tokens. Rotate its key instead.", maxKeys)
	}
	if err := d.checkScopes(c.Scopes, tx.Actor); err != nil {
		return TokenCreatedOnce{}, err
	}
	if c.Lasts != 0 {
		expires := tx.Now.Add(c.Lasts)
		c.ExpiresAt = &expires
	}
	if c.ExpiresAt != nil && !c.ExpiresAt.After(tx.Now) {
		return TokenCreatedOnce{}, fault.New(fault.Invalid, "token.expired", "The token would have expired already.").At("body.expires_at", "must be in the future")
	}
	if !c.ProjectID.IsZero() {
		scope, err := tenancy.ProjectScope(ctx, tx, c.ProjectID)
		if err != nil {
			return TokenCreatedOnce{}, err
		}
		if !tenancy.Sees(tx.Actor, scope) {
			return TokenCreatedOnce{}, fault.New(fault.NotFound, "not_found", "There is no such project that you can see.")
		}
	}
	token := Credential{
		ID: tx.NewID(), Kind: APIToken, Name: c.Name, Scopes: c.Scopes, ProjectID: c.ProjectID, CreatedAt: tx.Now, ExpiresAt: c.ExpiresAt,
	}
	text := secret.NewToken(apiToken, token.ID)
	if err := store(ctx, tx, token, tx.Actor.ID, text.Hash()); err != nil {
		return TokenCreatedOnce{}, err
	}
	_, err := emitOn(ctx, tx, tx.Actor.ID, TokenCreated{TokenID: token.ID, Scopes: len(token.Scopes), ProjectID: token.ProjectID})
	return TokenCreatedOnce{Token: token, Secret: secret.New(text.Reveal())}, err
}

// checkScopes refuses words that no command bears, and more than the caller's own
// token admits: a narrow token cannot make a wide one.
func (d desk) checkScopes(scopes []string, actor command.Actor) error {
	for _, scope := range scopes {
		if _, known := d.groups[scope]; !known && d.table[scope] == nil {
			return fault.New(fault.Invalid, "token.scopes", "%q is neither a command or query nor a group of them (like execution.*).", scope).
				At("body.scopes", "contains an unknown scope")
		}
	}
	if len(actor.OnlyActions) == 0 {
		return nil
	}
	for _, action := range d.groups.expand(scopes) {
		if !slices.Contains(actor.OnlyActions, action) {
			return errWider()
		}
	}
	if len(scopes) == 0 {
		return errWider()
	}
	return nil
}

func errWider() error {
	return fault.New(fault.Denied, "token_scope", "This token cannot make one that may do more than itself.")
}

// groups are the commands and queries of each first word: "execution.*".
type groups map[string][]string

func groupsOf(table permission.Table) groups {
	g := groups{}
	for _, name := range table.Names() {
		if word, _, ok := strings.Cut(name, "."); ok {
			g[word+".*"] = append(g[word+".*"], name)
		}
	}
	return g
}

// expand replaces groups by their names.
func (g groups) expand(scopes []string) []string {
	var names []string
	for _, scope := range scopes {
		if members, ok := g[scope]; ok {
			names = append(names, members...)
		} else {
			names = append(names, scope)
		}
	}
	return names
}
