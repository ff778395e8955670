package cli

import (
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type serviceAccountsCommand struct {
	List    serviceAccountsList    `cmd:"" default:"withargs" help:"List the service accounts that you manage."`
	Create  serviceAccountsCreate  `cmd:"" help:"Create a service account; its first key is shown once."`
	Keys    serviceAccountsKeys    `cmd:"" help:"List the keys that hold."`
	Rotate  serviceAccountsRotate  `cmd:"" help:"Make a new key, shown once; the one before ends after an overlap."`
	Revoke  serviceAccountsRevoke  `cmd:"" help:"Revoke a key at once."`
	Disable serviceAccountsDisable `cmd:"" help:"Refuse its keys from now on."`
	Enable  serviceAccountsEnable  `cmd:"" help:"Let its keys hold again."`
	Delete  serviceAccountsDelete  `cmd:"" help:"Delete a service account and revoke its keys."`
}

var serviceAccountColumns = []column[stoa.ServiceAccount]{
	{title: "ID", value: func(a stoa.ServiceAccount) string { return a.ID }},
	{title: "NAME", value: func(a stoa.ServiceAccount) string { return a.Name }},
	{title: "ROLE", value: func(a stoa.ServiceAccount) string { return a.Role }},
	{title: "MAY", value: func(a stoa.ServiceAccount) string {
		if len(a.Scopes) == 0 {
			return "all that its roles allow"
		}
		return strings.Join(a.Scopes, " ")
	}},
	{title: "DISABLED", value: func(a stoa.ServiceAccount) string { return yes(a.Disabled) }},
	{title: "LAST USED", value: func(a stoa.ServiceAccount) string { return ago(a.LastUsedAt) }},
}

// serviceScope says where service accounts are meant: in an organization, or in the project that is worked in.
type serviceScope struct {
	Organization string `name:"organization" placeholder:"ORGANIZATION" help:"Of this organization as a whole (id, slug or name) instead of the project."`
}

// place finds the organization, and the project unless the organization as a whole is meant.
func (s serviceScope) place(c *call, client *stoa.Client) (organization, project string, err error) {
	if s.Organization != "" {
		organization, err = c.organization(client, s.Organization)
		return organization, "", err
	}
	if project, err = c.projectOrDefault(client); err != nil {
		return "", "", err
	}
	p, err := client.Projects.Get(c.ctx, project)
	if err != nil {
		return "", "", err
	}
	return p.OrganizationID, p.ID, nil
}

// serviceAccount addresses one.
type serviceAccount struct {
	Account string `arg:"" name:"account" help:"The service account: id, or name in the organizations that you see."`
}

func (s serviceAccount) id(c *call, client *stoa.Client) (string, error) {
	if isID(s.Account) {
		return s.Account, nil
	}
	me, err := client.Me.Get(c.ctx)
	if err != nil {
		return "", err
	}
	var found []string
	for _, o := range me.Organizations {
		for a, err := range client.ServiceAccounts.List(c.ctx, o.ID, "") {
			if err != nil {
				return "", err
			}
			if a.Name == s.Account {
				found = append(found, a.ID)
			}
		}
	}
	return only(found, "service account", s.Account)
}
