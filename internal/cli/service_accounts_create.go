package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type serviceAccountsCreate struct {
	Name        string   `arg:"" help:"What it is called."`
	Role        string   `name:"role" default:"member" placeholder:"ROLE" help:"In a project: manager, member or viewer. In an organization: admin or member."`
	Description string   `name:"description" placeholder:"TEXT" help:"What it is for."`
	Scopes      []string `name:"scope" placeholder:"COMMAND" help:"Its keys may issue only this command or query, for instance execution.submit; may be repeated. Everything its role allows if left out."`
	Days        int      `name:"days" placeholder:"N" help:"How many days its first key lasts; 90 if left out."`
	serviceScope
}

// Run prints the key and nothing else on standard output.
func (s *serviceAccountsCreate) Run(c *call, client *stoa.Client) error {
	organization, project, err := s.place(c, client)
	if err != nil {
		return err
	}
	kind := "project"
	if project == "" {
		kind = "organization"
	}
	made, err := client.ServiceAccounts.Create(c.ctx, organization, stoa.ServiceAccountCreateRequest{
		Name: s.Name, Description: s.Description, ProjectID: project, Role: roleIn(kind, s.Role), Scopes: s.Scopes, ExpiresInDays: int64(s.Days),
	})
	if err != nil {
		return err
	}
	if c.Output != "table" {
		return c.printData(made)
	}
	c.say("Service account %s (%s). Its key %s expires %s and is shown this once:", made.ServiceAccount.ID, made.ServiceAccount.Role, made.Key.ID, never(made.Key.ExpiresAt))
	return c.printLine(made.Secret)
}
