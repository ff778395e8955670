package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type nodesCordon struct{ oneNode }

// Run gives a node no new work.
func (n *nodesCordon) Run(c *call, client *stoa.Client) error {
	return n.steer(c, client, client.Nodes.Cordon, "is cordoned")
}
