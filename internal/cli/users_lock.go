package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type usersLock struct {
	whichUser
	Reason string `name:"reason" placeholder:"TEXT" help:"Why; they are told."`
}

// Run locks somebody out.
func (l *usersLock) Run(c *call, client *stoa.Client) error {
	id, err := l.id(c, client)
	if err != nil {
		return err
	}
	u, err := client.Users.Lock(c.ctx, id, l.Reason)
	if err != nil {
		return err
	}
	return printOne(c, *u, userColumns)
}

type usersUnlock struct{ whichUser }

// Run lets somebody in again.
func (l *usersUnlock) Run(c *call, client *stoa.Client) error {
	id, err := l.id(c, client)
	if err != nil {
		return err
	}
	u, err := client.Users.Unlock(c.ctx, id)
	if err != nil {
		return err
	}
	return printOne(c, *u, userColumns)
}
