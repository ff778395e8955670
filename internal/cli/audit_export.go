package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type auditExport struct {
	auditChoice
	Format string `name:"format" enum:"csv,json" default:"json" help:"csv or json."`
	After  string `name:"after" placeholder:"ID" help:"Begin after this record."`
	Limit  int    `name:"limit" short:"n" default:"10000" help:"At most this many; 100000 are the most."`
}

// Run writes records to standard output, oldest first.
func (e *auditExport) Run(c *call, client *stoa.Client) error {
	filter, err := e.filter(c, client)
	if err != nil {
		return err
	}
	filter.After = e.After
	return c.export(client.Audit.Export(c.ctx, filter, e.Format, e.Limit))
}
