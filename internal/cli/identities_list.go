package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type identitiesList struct {
	watchFlag
}

// Run lists linked issuers.
func (l *identitiesList) Run(c *call, client *stoa.Client) error {
	return showList(c, l.watchFlag, func() ([]stoa.LinkedIdentity, error) {
		return stoa.Collect(client.Me.Identities(c.ctx), 0)
	}, []column[stoa.LinkedIdentity]{
		{title: "ID", value: func(i stoa.LinkedIdentity) string { return i.ID }},
		{title: "PROVIDER", value: func(i stoa.LinkedIdentity) string { return i.Provider }},
		{title: "ISSUER", value: func(i stoa.LinkedIdentity) string { return i.Issuer }},
		{title: "SUBJECT", value: func(i stoa.LinkedIdentity) string { return i.Subject }},
		{title: "LAST USED", value: func(i stoa.LinkedIdentity) string { return ago(&i.LastUsedAt) }},
	})
}
