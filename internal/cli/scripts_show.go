package cli

import (
	"io"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type scriptsShow struct {
	Script string `arg:"" placeholder:"NAME[@N]" help:"The script, by name or id; @2 is its version 2."`
}

// Run prints the source and nothing else, so that it can be sent to a file.
func (s *scriptsShow) Run(c *call, client *stoa.Client) error {
	project, err := c.project(client)
	if err != nil {
		return err
	}
	found, err := client.Scripts.Get(c.ctx, project, s.Script)
	if err != nil {
		return err
	}
	if c.Output != "table" {
		return c.printData(found)
	}
	_, err = io.WriteString(c.Stdout, found.Version.Source)
	return err
}
