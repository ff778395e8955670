package cli

import (
	"strconv"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type scriptsVersions struct {
	Script string `arg:"" placeholder:"NAME" help:"The script, by name or id."`
}

// Run lists versions, the newest first.
func (v *scriptsVersions) Run(c *call, client *stoa.Client) error {
	project, err := c.project(client)
	if err != nil {
		return err
	}
	versions, err := stoa.Collect(client.Scripts.Versions(c.ctx, project, v.Script), 0)
	if err != nil {
		return err
	}
	return printList(c, versions, []column[stoa.ScriptVersion]{
		{title: "VERSION", value: func(r stoa.ScriptVersion) string { return strconv.FormatInt(r.Number, 10) }},
		{title: "RUNTIME", value: func(r stoa.ScriptVersion) string { return r.Runtime }},
		{title: "SAVED", value: func(r stoa.ScriptVersion) string { return ago(&r.CreatedAt) }},
		{title: "BY", value: func(r stoa.ScriptVersion) string { return r.AuthorID }},
	})
}
