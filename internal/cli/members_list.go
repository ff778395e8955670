package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type membersList struct {
	memberScope
	watchFlag
}

// Run lists members.
func (l *membersList) Run(c *call, client *stoa.Client) error {
	members, err := l.open(c, client)
	if err != nil {
		return err
	}
	return showList(c, l.watchFlag, func() ([]stoa.Member, error) {
		return stoa.Collect(members.all(c.ctx, members.id), 0)
	}, []column[stoa.Member]{
		{title: "USER", value: func(m stoa.Member) string { return m.UserID }},
		{title: "EMAIL", value: func(m stoa.Member) string { return m.Email }},
		{title: "NAME", value: func(m stoa.Member) string { return m.Name }},
		{title: "ROLE", value: func(m stoa.Member) string { return m.Role }},
	})
}
