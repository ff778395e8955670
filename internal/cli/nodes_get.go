package cli

import (
	"slices"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type nodesGet struct{ oneNode }

// Run shows one node.
func (g *nodesGet) Run(c *call, client *stoa.Client) error {
	id, err := c.node(client, g.Node)
	if err != nil {
		return err
	}
	n, err := client.Nodes.Get(c.ctx, id)
	if err != nil {
		return err
	}
	return printOne(c, *n, append(slices.Clip(nodeColumns),
		column[stoa.Node]{title: "SYSTEM", value: func(n stoa.Node) string { return n.OS + "/" + n.Arch }},
		column[stoa.Node]{title: "RUNTIMES", value: nodeRuntimes},
		column[stoa.Node]{title: "ISOLATION", value: nodeEnforcement},
		column[stoa.Node]{title: "REASON", value: func(n stoa.Node) string { return n.Reason }},
	))
}
