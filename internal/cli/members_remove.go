package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type membersRemove struct {
	User string `arg:"" help:"Who: id or e-mail address."`
	memberScope
}

// Run takes a role away.
func (r *membersRemove) Run(c *call, client *stoa.Client) error {
	members, err := r.open(c, client)
	if err != nil {
		return err
	}
	user, err := members.user(c, client, r.User)
	if err != nil {
		return err
	}
	if err := members.remove(c.ctx, members.id, user); err != nil {
		return err
	}
	c.say("%s is no member any more", r.User)
	return nil
}
