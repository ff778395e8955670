package cli

import (
	"fmt"
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type runtimesNodes struct {
	watchFlag
}

// Run shows how far nodes are.
func (r *runtimesNodes) Run(c *call, client *stoa.Client) error {
	return showList(c, r.watchFlag, func() ([]stoa.RuntimeNode, error) { return client.Runtimes.Nodes(c.ctx) }, []column[stoa.RuntimeNode]{
		{title: "RUNTIME", value: func(n stoa.RuntimeNode) string { return n.Runtime }},
		{title: "NODE", value: func(n stoa.RuntimeNode) string { return n.Node }},
		{title: "STATE", value: imageState},
		{title: "CLASSES", value: func(n stoa.RuntimeNode) string { return strings.Join(n.Classes, " ") }},
		{title: "REASON", value: nodeReason},
	})
}

// nodeReason is why it could not be pulled, or why it is not forked ahead.
func nodeReason(n stoa.RuntimeNode) string {
	if n.Reason == "" && n.ClassReason != "" {
		return "not process: " + n.ClassReason
	}
	return n.Reason
}

func imageState(n stoa.RuntimeNode) string {
	if n.State == "pulling" && n.TotalBytes > 0 {
		return fmt.Sprintf("pulling (%d %%)", min(100, 100*n.DoneBytes/n.TotalBytes))
	}
	return n.State
}
