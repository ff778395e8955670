package cli

type nodesRemove struct {
	Node string `arg:"" help:"The node: id or name."`
}

// Run retires a node.
func (n *nodesRemove) Run(c *call) error {
	client, err := c.client()
	if err != nil {
		return err
	}
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
