package cli

type nodesCordon struct {
	Node string `arg:"" help:"The node: id or name."`
}

// Run gives a node no new work.
func (n *nodesCordon) Run(c *call) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	id, err := c.node(client, n.Node)
	if err != nil {
		return err
	}
	node, err := client.Nodes.Cordon(c.ctx, id)
	if err != nil {
		return err
	}
	c.say("%s is cordoned", node.Name)
	return nil
}
