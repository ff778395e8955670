package cli

import (
	"context"
	"io"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type executionsLogs struct {
	ID     string `arg:"" help:"The execution."`
	Follow bool   `short:"f" help:"Follow the output until the end."`
	Stream string `name:"stream" enum:"both,stdout,stderr" default:"both" help:"Which output: both, stdout or stderr."`
}

// Run prints what the script wrote: its standard output to ours, its standard error to ours.
func (l *executionsLogs) Run(c *call, client *stoa.Client) error {
	if l.Follow {
		return l.follow(c, client)
	}
	for _, stream := range []struct {
		name string
		open func(context.Context, string) (io.ReadCloser, error)
		to   io.Writer
	}{{"stdout", client.Executions.Stdout, c.Stdout}, {"stderr", client.Executions.Stderr, c.Stderr}} {
		if l.Stream != "both" && l.Stream != stream.name {
			continue
		}
		body, err := stream.open(c.ctx, l.ID)
		if err != nil {
			return err
		}
		_, err = io.Copy(stream.to, body)
		_ = body.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *executionsLogs) follow(c *call, client *stoa.Client) error {
	for event, err := range client.Executions.Watch(c.ctx, l.ID) {
		if err != nil {
			return err
		}
		out := event.Output
		if out == nil || l.Stream != "both" && l.Stream != out.Stream {
			continue
		}
		to := c.Stdout
		if out.Stream == "stderr" {
			to = c.Stderr
		}
		if _, err := to.Write(out.Data); err != nil {
			return err
		}
	}
	return nil
}
