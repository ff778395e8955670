package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type passkeysList struct {
	watchFlag
}

// Run lists passkeys.
func (l *passkeysList) Run(c *call, client *stoa.Client) error {
	return showList(c, l.watchFlag, func() ([]stoa.Passkey, error) {
		return stoa.Collect(client.Passkeys.List(c.ctx), 0)
	}, []column[stoa.Passkey]{
		{title: "ID", value: func(p stoa.Passkey) string { return p.ID }},
		{title: "NAME", value: func(p stoa.Passkey) string { return p.Name }},
		{title: "WORKS AT", value: func(p stoa.Passkey) string { return p.Domain }},
		{title: "LAST USED", value: func(p stoa.Passkey) string { return ago(p.LastUsedAt) }},
	})
}
