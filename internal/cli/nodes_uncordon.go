package cli

type nodesUncordon struct {
	Node string `arg:"" help:"The node: id or name."`
}

// Run gives a node work again.
func (n *nodesUncordon) Run(c *call) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	id, err := c.node(client, n.Node)
	if err != nil {
		return err
	}
	node, err := client.Nodes.Uncordon(c.ctx, id)
	if err != nil {
		return err
	}
	c.say("%s gets work again", node.Name)
	return nil
}
