package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type tokensCreate struct {
	Name   string   `arg:"" help:"What it is for."`
	Scopes []string `name:"scope" placeholder:"COMMAND" help:"Only this command or query, for instance execution.submit; may be repeated. Everything you may do if left out."`
	Days   int      `name:"days" placeholder:"N" help:"How many days it lasts; the server's default if left out."`
	Bound  bool     `name:"bound" help:"Only in the project that is worked in."`
}

// Run prints the secret and nothing else on standard output.
func (t *tokensCreate) Run(c *call, client *stoa.Client) (err error) {
	in := stoa.TokenCreateRequest{Name: t.Name, Scopes: t.Scopes, ExpiresInDays: int64(t.Days)}
	if t.Bound {
		if in.ProjectID, err = c.project(client); err != nil {
			return err
		}
		if in.ProjectID == "" {
			return usagef("--bound needs a project: --project, or `stoa projects use`")
		}
	}
	created, err := client.Tokens.Create(c.ctx, in)
	if err != nil {
		return err
	}
	if c.Output != "table" {
		return c.printData(created)
	}
	c.say("Token %s, expires %s. The secret is shown this once:", created.Token.ID, never(created.Token.ExpiresAt))
	return c.printLine(created.Secret)
}
