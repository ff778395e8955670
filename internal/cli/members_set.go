package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type membersSet struct {
	User string `arg:"" help:"Who: id or e-mail address."`
	Role string `arg:"" help:"Project: manager, member or viewer. Organization: owner, admin or member."`
	memberScope
}

// Run gives a role.
func (s *membersSet) Run(c *call, client *stoa.Client) error {
	members, err := s.open(c, client)
	if err != nil {
		return err
	}
	user, err := members.user(c, client, s.User)
	if err != nil {
		return err
	}
	if err := members.set(c.ctx, members.id, user, roleIn(members.kind, s.Role)); err != nil {
		return err
	}
	c.say("%s is %s", s.User, s.Role)
	return nil
}
