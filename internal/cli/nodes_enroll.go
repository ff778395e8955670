package cli

import (
	"time"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type nodesEnroll struct {
	Name string        `arg:"" optional:"" help:"The node's name; the machine's own if left out."`
	For  time.Duration `name:"for" placeholder:"DURATION" help:"How long the token can be used."`
}

// Run prints what to start on the other machine. The token is shown this once.
func (e *nodesEnroll) Run(c *call) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	enrollment, err := client.Nodes.Enroll(c.ctx, stoa.NodeEnrollRequest{Name: e.Name, TTLSeconds: int64(e.For.Seconds())})
	if err != nil {
		return err
	}
	if c.Output != "table" {
		return c.printData(enrollment)
	}
	c.say("Start this on the machine that joins, once, before %s:", moment(&enrollment.ExpiresAt))
	return c.printLine(enrollment.Command)
}
