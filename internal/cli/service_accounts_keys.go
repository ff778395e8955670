package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type serviceAccountsKeys struct {
	serviceAccount
	watchFlag
}

// Run lists keys.
func (k *serviceAccountsKeys) Run(c *call, client *stoa.Client) error {
	id, err := k.id(c, client)
	if err != nil {
		return err
	}
	return showList(c, k.watchFlag, func() ([]stoa.ServiceKey, error) {
		return stoa.Collect(client.ServiceAccounts.Keys(c.ctx, id), 0)
	}, []column[stoa.ServiceKey]{
		{title: "ID", value: func(k stoa.ServiceKey) string { return k.ID }},
		{title: "CREATED", value: func(k stoa.ServiceKey) string { return ago(&k.CreatedAt) }},
		{title: "EXPIRES", value: func(k stoa.ServiceKey) string { return never(k.ExpiresAt) }},
		{title: "LAST USED", value: func(k stoa.ServiceKey) string { return ago(k.LastUsedAt) }},
	})
}
