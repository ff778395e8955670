package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type limitsList struct {
	watchFlag
}

// Run lists settings and limits.
func (l *limitsList) Run(c *call, client *stoa.Client) error {
	project, err := c.project(client)
	if err != nil {
		return err
	}
	return showList(c, l.watchFlag, func() ([]stoa.Limit, error) {
		return stoa.Collect(client.Limits.List(c.ctx, project), 0)
	}, []column[stoa.Limit]{
		{title: "NAME", value: func(l stoa.Limit) string { return l.Name }},
		{title: "KIND", value: func(l stoa.Limit) string { return l.Kind }},
		{title: "VALUE", value: limitValue},
		{title: "USED", value: limitUsed},
		{title: "SCOPE", value: func(l stoa.Limit) string { return l.Scope }},
		{title: "OWNER", value: func(l stoa.Limit) string { return l.Owner }},
		{title: "HELP", value: func(l stoa.Limit) string { return l.Help }},
	})
}
