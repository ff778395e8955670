package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type auditList struct {
	auditChoice
	Limit int `name:"limit" short:"n" default:"50" help:"Show at most this many; 0 shows all."`
}

// Run lists records.
func (l *auditList) Run(c *call, client *stoa.Client) error {
	filter, err := l.filter(c, client)
	if err != nil {
		return err
	}
	if l.Limit > 0 {
		filter.PageSize = min(l.Limit, 100)
	}
	records, err := stoa.Collect(client.Audit.List(c.ctx, filter), l.Limit)
	if err != nil {
		return err
	}
	return printList(c, records, auditColumns)
}
