package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type nodesRemove struct{ oneNode }

// Run retires a node.
func (n *nodesRemove) Run(c *call, client *stoa.Client) error {
	id, err := c.node(client, n.Node)
	if err != nil {
		return err
	}
	if err := client.Nodes.Remove(c.ctx, id); err != nil {
		return err
	}
	c.say("%s is removed; its certificate is revoked", n.Node)
	return nil
}
