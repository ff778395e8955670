package cli

import (
	"io"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type executionsRecording struct {
	ID string `arg:"" help:"The execution, which was submitted with --record."`
}

// Run prints the recording, as asciinema plays it.
func (x *executionsRecording) Run(c *call, client *stoa.Client) error {
	body, err := client.Executions.Recording(c.ctx, x.ID)
	if err != nil {
		return err
	}
	defer body.Close()
	_, err = io.Copy(c.Stdout, body)
	return err
}
