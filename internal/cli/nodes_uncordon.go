package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type nodesUncordon struct{ oneNode }

// Run gives a node work again.
func (n *nodesUncordon) Run(c *call, client *stoa.Client) error {
	return n.steer(c, client, client.Nodes.Uncordon, "gets work again")
}
