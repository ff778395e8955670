package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type usersSet struct {
	whichUser
	Name     *string `name:"name" placeholder:"NAME" help:"What they are called."`
	Email    *string `name:"email" placeholder:"ADDRESS" help:"What they sign in with from now on."`
	Operator *bool   `name:"operator" negatable:"" help:"They run the installation, or do not."`
	Note     *string `name:"note" placeholder:"TEXT" help:"What operators should know of them."`
}

// Run changes what operators say of somebody.
func (s *usersSet) Run(c *call, client *stoa.Client) error {
	if s.Name == nil && s.Email == nil && s.Operator == nil && s.Note == nil {
		return usagef("say what to change: --name, --email, --operator, --no-operator or --note")
	}
	id, err := s.id(c, client)
	if err != nil {
		return err
	}
	u, err := client.Users.Update(c.ctx, id, stoa.UserChange{Name: s.Name, Email: s.Email, Operator: s.Operator, Note: s.Note})
	if err != nil {
		return err
	}
	return printOne(c, *u, userColumns)
}
