package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type sessionsList struct {
	watchFlag
}

// Run lists sign-ins.
func (l *sessionsList) Run(c *call, client *stoa.Client) error {
	return showList(c, l.watchFlag, func() ([]stoa.Session, error) {
		return stoa.Collect(client.Me.Sessions(c.ctx), 0)
	}, []column[stoa.Session]{
		{title: "ID", value: func(s stoa.Session) string { return s.ID }},
		{title: "FROM", value: func(s stoa.Session) string { return s.RemoteAddress }},
		{title: "WITH", value: func(s stoa.Session) string { return s.UserAgent }},
		{title: "SINCE", value: func(s stoa.Session) string { return ago(&s.CreatedAt) }},
		{title: "LAST USED", value: func(s stoa.Session) string { return ago(s.LastUsedAt) }},
	})
}
