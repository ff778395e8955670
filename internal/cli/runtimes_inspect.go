package cli

import (
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type runtimesInspect struct {
	Image string `arg:"" placeholder:"REFERENCE" help:"The image, as python:3.12-slim."`
	registryFlags
}

// Run asks the registry.
func (i *runtimesInspect) Run(c *call, client *stoa.Client) error {
	password, err := i.password(c)
	if err != nil {
		return err
	}
	found, err := client.Runtimes.Inspect(c.ctx, stoa.RuntimeInspectRequest{
		Image: i.Image, Insecure: i.Insecure, Username: i.Username, Password: password,
	})
	if err != nil {
		return err
	}
	return printOne(c, *found, []column[stoa.InspectedImage]{
		{title: "IMAGE", value: func(f stoa.InspectedImage) string { return f.Image }},
		{title: "DIGEST", value: func(f stoa.InspectedImage) string { return f.Digest }},
		{title: "SIZE", value: func(f stoa.InspectedImage) string { return byteCount(f.Bytes) }},
		{title: "PLATFORMS", value: func(f stoa.InspectedImage) string { return strings.Join(f.Platforms, " ") }},
		{title: "COMMAND", value: func(f stoa.InspectedImage) string { return strings.Join(f.Command, " ") }},
	})
}
