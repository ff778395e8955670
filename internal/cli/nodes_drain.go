package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type nodesDrain struct{ oneNode }

// Run lets a node's work end.
func (n *nodesDrain) Run(c *call, client *stoa.Client) error {
	return n.steer(c, client, client.Nodes.Drain, "drains")
}
