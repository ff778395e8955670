package cli

type nodesDrain struct {
	Node string `arg:"" help:"The node: id or name."`
}

// Run lets a node's work end.
func (n *nodesDrain) Run(c *call) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	id, err := c.node(client, n.Node)
	if err != nil {
		return err
	}
	node, err := client.Nodes.Drain(c.ctx, id)
	if err != nil {
		return err
	}
	c.say("%s drains", node.Name)
	return nil
}
