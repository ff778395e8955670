package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type usersCreate struct {
	Email    string `arg:"" help:"Their e-mail address. Nothing is sent there."`
	Name     string `arg:"" help:"What they are called."`
	Operator bool   `name:"operator" help:"They run the installation."`
}

// Run makes an account and prints its link, which is shown this once.
func (n *usersCreate) Run(c *call, client *stoa.Client) error {
	made, err := client.Users.Create(c.ctx, stoa.UserCreateRequest{Email: n.Email, Name: n.Name, Operator: n.Operator})
	if err != nil {
		return err
	}
	return printPasswordLink(c, client, made)
}

type usersReset struct{ whichUser }

// Run takes a password away and prints the link for another.
func (r *usersReset) Run(c *call, client *stoa.Client) error {
	id, err := r.id(c, client)
	if err != nil {
		return err
	}
	made, err := client.Users.ResetPassword(c.ctx, id)
	if err != nil {
		return err
	}
	return printPasswordLink(c, client, made)
}
