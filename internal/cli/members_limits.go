package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type membersLimits struct {
	User         string            `arg:"" help:"The member: id or e-mail address."`
	Organization string            `name:"organization" required:"" placeholder:"ORGANIZATION" help:"The organization (id, slug or name) that you run, and in which it holds."`
	Set          map[string]string `name:"set" placeholder:"NAME=VALUE" help:"Give them a value of their own here, for instance execution.concurrent=2."`
	Reset        []string          `name:"reset" placeholder:"NAME" help:"Take their own value away; all takes every one."`
	Own          bool              `name:"own" help:"Show only what is set for them here."`
}

// Run changes what was asked, and lists what applies then.
func (l *membersLimits) Run(c *call, client *stoa.Client) error {
	organization, err := c.organization(client, l.Organization)
	if err != nil {
		return err
	}
	user, err := memberCalled(c, client, organization, l.User)
	if err != nil {
		return err
	}
	list := func() ([]stoa.Limit, error) {
		return stoa.Collect(client.Limits.ListMember(c.ctx, organization, user), 0)
	}
	return ownLimits{
		target: stoa.LimitTarget{Kind: "member", ID: user, OrganizationID: organization}, list: list, set: l.Set, reset: l.Reset, own: l.Own,
	}.run(c, client)
}
