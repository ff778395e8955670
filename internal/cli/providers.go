package cli

import (
	"bufio"
	"fmt"
	"strconv"
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type providersCommand struct {
	List   providersList   `cmd:"" default:"withargs" help:"List the issuers that people may sign in through."`
	Add    providersAdd    `cmd:"" help:"Let people sign in through an issuer."`
	Set    providersSet    `cmd:"" help:"Change a provider; what is left out stays."`
	Remove providersRemove `cmd:"" help:"Forget a provider, and end the sessions that it opened."`
	Test   providersTest   `cmd:"" help:"Ask an issuer what it says about itself, and for its keys."`
}

var providerColumns = []column[stoa.IdentityProvider]{
	{title: "NAME", value: func(p stoa.IdentityProvider) string { return p.Name }},
	{title: "TITLE", value: func(p stoa.IdentityProvider) string { return p.Title }},
	{title: "ISSUER", value: func(p stoa.IdentityProvider) string { return p.Issuer }},
	{title: "STATE", value: func(p stoa.IdentityProvider) string {
		return map[bool]string{true: "disabled", false: "enabled"}[p.Disabled]
	}, tint: func(p stoa.IdentityProvider) tint { return map[bool]tint{true: warn, false: good}[p.Disabled] }},
	{title: "REGISTRATION", value: func(p stoa.IdentityProvider) string { return p.Registration }},
	{title: "RULES", value: func(p stoa.IdentityProvider) string { return strconv.Itoa(len(p.Rules)) }},
	{title: "REDIRECT URI", value: func(p stoa.IdentityProvider) string { return p.RedirectURI }},
}

type providersList struct{ watchFlag }

// Run lists providers.
func (l *providersList) Run(c *call, client *stoa.Client) error {
	return showList(c, l.watchFlag, func() ([]stoa.IdentityProvider, error) {
		return stoa.Collect(client.Providers.List(c.ctx), 0)
	}, providerColumns)
}

// providerFlags are a provider's terms.
type providerFlags struct {
	Title        string   `name:"title" placeholder:"TEXT" help:"What stands on the button; the name if left out."`
	Secret       bool     `name:"secret" help:"Ask for the client's secret. It is kept sealed."`
	SecretStdin  bool     `name:"secret-stdin" help:"Read the client's secret from standard input instead of asking."`
	Scopes       []string `name:"scope" placeholder:"SCOPE" help:"Ask the issuer for this beside openid; may be repeated. profile and email if left out."`
	Audiences    []string `name:"audience" placeholder:"AUDIENCE" help:"Accept the issuer's access tokens that are meant for this; may be repeated. None if left out."`
	ScopeClaim   string   `name:"scope-claim" placeholder:"CLAIM" help:"The access tokens' claim that names the commands they may use."`
	Registration string   `name:"registration" enum:"closed,rules,open," default:"" placeholder:"WHO" help:"Who gets an account: closed, rules (whom a rule gives a membership) or open."`
	TrustsEmail  *bool    `name:"trusts-email" negatable:"" help:"The issuer's e-mail addresses are true: who has an account's address gets the account."`
	Rules        []string `name:"rule" sep:"none" placeholder:"CLAIM=VALUE:WHERE:ROLE" help:"Whose claim has the value is a member or admin of an organization, or project.viewer, project.member or project.manager of a project; may be repeated."`
}

// rules reads --rule.
func (f providerFlags) rules(c *call, client *stoa.Client) ([]stoa.IdentityProviderRule, error) {
	var rules []stoa.IdentityProviderRule
	for _, text := range f.Rules {
		claim, rest, _ := strings.Cut(text, "=")
		last := strings.LastIndexByte(rest, ':')
		middle := strings.LastIndexByte(rest[:max(last, 0)], ':')
		if claim == "" || middle < 1 {
			return nil, usagef("--rule %s: write CLAIM=VALUE:WHERE:ROLE, for instance groups=engineers:home:member or groups=engineers:nightly:project.member", text)
		}
		rule := stoa.IdentityProviderRule{Claim: claim, Value: rest[:middle], Role: rest[last+1:]}
		var err error
		if where := rest[middle+1 : last]; strings.HasPrefix(rule.Role, "project.") {
			rule.ProjectID, err = c.projectNamed(client, where)
		} else {
			rule.OrganizationID, err = c.organization(client, where)
		}
		if err != nil {
			return nil, err
		}
		if !strings.Contains(rule.Role, ".") {
			rule.Role = "organization." + rule.Role
		}
		rules = append(rules, rule)
	}
	return rules, nil
}

func (f providerFlags) askSecret(c *call) (string, error) {
	switch {
	case f.SecretStdin:
		return readLine(bufio.NewReader(c.Stdin))
	case !f.Secret:
		return "", nil
	}
	c.say("The client's secret:")
	return c.ReadPassword()
}

type providersAdd struct {
	Name     string `arg:"" help:"Its name in addresses: lower-case letters, digits, dashes."`
	Issuer   string `arg:"" help:"The issuer's URL, exactly as it writes it itself."`
	ClientID string `name:"client-id" required:"" placeholder:"ID" help:"How the issuer knows Stoa."`
	providerFlags
}

// Run makes a provider.
func (p *providersAdd) Run(c *call, client *stoa.Client) (err error) {
	in := stoa.IdentityProviderCreateRequest{
		Name: p.Name, Issuer: p.Issuer, ClientID: p.ClientID, Title: p.Title, Scopes: p.Scopes, Audiences: p.Audiences,
		ScopeClaim: p.ScopeClaim, Registration: p.Registration, TrustsEmail: p.TrustsEmail != nil && *p.TrustsEmail,
	}
	if in.Title == "" {
		in.Title = p.Name
	}
	if in.Rules, err = p.rules(c, client); err != nil {
		return err
	}
	if in.ClientSecret, err = p.askSecret(c); err != nil {
		return err
	}
	made, err := client.Providers.Create(c.ctx, in)
	if err != nil {
		return err
	}
	c.say("Register %s as a redirect URI at the issuer", made.RedirectURI)
	c.say("and %s as its back-channel logout URI", made.LogoutURI)
	return printOne(c, *made, providerColumns)
}

// provider finds the provider with a name.
func (c *call) provider(client *stoa.Client, name string) (*stoa.IdentityProvider, error) {
	for p, err := range client.Providers.List(c.ctx) {
		if err != nil {
			return nil, err
		}
		if p.Name == name || p.ID == name {
			return &p, nil
		}
	}
	return nil, missing{fmt.Errorf("there is no provider %q", name)}
}

type providersSet struct {
	Name     string `arg:"" help:"The provider's name."`
	ClientID string `name:"client-id" placeholder:"ID" help:"How the issuer knows Stoa."`
	Enabled  *bool  `name:"enabled" negatable:"" help:"Let people sign in through it; --no-enabled ends the sessions that it opened."`
	providerFlags
}

// Run changes a provider.
func (p *providersSet) Run(c *call, client *stoa.Client) error {
	now, err := c.provider(client, p.Name)
	if err != nil {
		return err
	}
	in := stoa.IdentityProviderUpdateRequest{
		ClientID: now.ClientID, Title: now.Title, Scopes: now.Scopes, Audiences: now.Audiences, ScopeClaim: now.ScopeClaim,
		Registration: now.Registration, TrustsEmail: now.TrustsEmail, Rules: now.Rules, Disabled: now.Disabled,
	}
	for to, from := range map[*string]string{&in.ClientID: p.ClientID, &in.Title: p.Title, &in.ScopeClaim: p.ScopeClaim, &in.Registration: p.Registration} {
		if from != "" {
			*to = from
		}
	}
	for to, from := range map[*[]string][]string{&in.Scopes: p.Scopes, &in.Audiences: p.Audiences} {
		if len(from) > 0 {
			*to = from
		}
	}
	if p.TrustsEmail != nil {
		in.TrustsEmail = *p.TrustsEmail
	}
	if p.Enabled != nil {
		in.Disabled = !*p.Enabled
	}
	if len(p.Rules) > 0 {
		if in.Rules, err = p.rules(c, client); err != nil {
			return err
		}
	}
	if in.ClientSecret, err = p.askSecret(c); err != nil {
		return err
	}
	changed, err := client.Providers.Update(c.ctx, now.ID, in)
	if err != nil {
		return err
	}
	return printOne(c, *changed, providerColumns)
}

type providersRemove struct {
	Name string `arg:"" help:"The provider's name."`
}

// Run forgets a provider.
func (p *providersRemove) Run(c *call, client *stoa.Client) error {
	known, err := c.provider(client, p.Name)
	if err != nil {
		return err
	}
	if err := client.Providers.Remove(c.ctx, known.ID); err != nil {
		return err
	}
	c.say("Nobody signs in through %s any more", known.Name)
	return nil
}

type providersTest struct {
	Provider string `arg:"" help:"A provider's name, or the URL of an issuer that is to become one's."`
}

// Run asks the issuer.
func (p *providersTest) Run(c *call, client *stoa.Client) error {
	in := stoa.IdentityProviderTestRequest{Issuer: p.Provider}
	if !strings.Contains(p.Provider, "://") {
		known, err := c.provider(client, p.Provider)
		if err != nil {
			return err
		}
		in = stoa.IdentityProviderTestRequest{ID: known.ID}
	}
	check, err := client.Providers.Test(c.ctx, in)
	if err != nil {
		return err
	}
	yes := func(b bool) string { return map[bool]string{true: "yes", false: "no"}[b] }
	return printOne(c, *check, []column[stoa.IdentityProviderCheck]{
		{title: "works", value: func(k stoa.IdentityProviderCheck) string { return yes(k.OK) }},
		{title: "problem", value: func(k stoa.IdentityProviderCheck) string { return k.Problem }},
		{title: "keys", value: func(k stoa.IdentityProviderCheck) string { return strconv.FormatInt(k.Keys, 10) }},
		{title: "algorithms", value: func(k stoa.IdentityProviderCheck) string { return strings.Join(k.Algorithms, " ") }},
		{title: "pkce", value: func(k stoa.IdentityProviderCheck) string { return yes(k.Pkce) }},
		{title: "names itself", value: func(k stoa.IdentityProviderCheck) string { return yes(k.NamesItself) }},
		{title: "signs out", value: func(k stoa.IdentityProviderCheck) string { return yes(k.SignOut) }},
		{title: "tells logout", value: func(k stoa.IdentityProviderCheck) string { return yes(k.TellsLogout) }},
	})
}
