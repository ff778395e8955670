package cli

import "io"

type executionsRecording struct {
	ID string `arg:"" help:"The execution, which was submitted with --record."`
}

// Run prints the recording, as asciinema plays it.
func (x *executionsRecording) Run(c *call) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	body, err := client.Executions.Recording(c.ctx, x.ID)
	if err != nil {
		return err
	}
	defer body.Close()
	_, err = io.Copy(c.Stdout, body)
	return err
}
