package cli

import (
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type tokensList struct {
	watchFlag
}

// Run lists tokens.
func (l *tokensList) Run(c *call, client *stoa.Client) error {
	return showList(c, l.watchFlag, func() ([]stoa.APIToken, error) {
		return stoa.Collect(client.Tokens.List(c.ctx), 0)
	}, []column[stoa.APIToken]{
		{title: "ID", value: func(t stoa.APIToken) string { return t.ID }},
		{title: "NAME", value: func(t stoa.APIToken) string { return t.Name }},
		{title: "MAY", value: func(t stoa.APIToken) string {
			if len(t.Scopes) == 0 {
				return "everything you may"
			}
			return strings.Join(t.Scopes, " ")
		}},
		{title: "EXPIRES", value: func(t stoa.APIToken) string { return never(t.ExpiresAt) }},
		{title: "LAST USED", value: func(t stoa.APIToken) string { return ago(t.LastUsedAt) }},
	})
}
