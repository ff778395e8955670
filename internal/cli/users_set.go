package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type usersSet struct {
	whichUser
	Operator *bool   `name:"operator" negatable:"" help:"They run the installation, or do not."`
	Note     *string `name:"note" placeholder:"TEXT" help:"What operators should know of them."`
}

// Run changes what operators say of somebody.
func (s *usersSet) Run(c *call) error {
	if s.Operator == nil && s.Note == nil {
		return usagef("say what to change: --operator, --no-operator or --note")
	}
	client, id, err := s.open(c)
	if err != nil {
		return err
	}
	u, err := client.Users.Update(c.ctx, id, stoa.UserChange{Operator: s.Operator, Note: s.Note})
	if err != nil {
		return err
	}
	return printOne(c, *u, userColumns)
}
