package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type usersList struct {
	Find   string `name:"find" placeholder:"TEXT" help:"Only with this in the name or address."`
	Status string `name:"status" enum:",active,invited,locked" default:"" help:"Only active, invited or locked ones."`
	watchFlag
}

// Run lists people.
func (l *usersList) Run(c *call, client *stoa.Client) error {
	return showList(c, l.watchFlag, func() ([]stoa.ManagedUser, error) {
		return stoa.Collect(client.Users.List(c.ctx, stoa.UserFilter{Find: l.Find, Status: l.Status, PageSize: 100}), 0)
	}, userColumns)
}
