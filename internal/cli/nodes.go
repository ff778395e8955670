package cli

import (
	"context"
	"fmt"
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type nodesCommand struct {
	List     nodesList     `cmd:"" default:"withargs" help:"List nodes."`
	Get      nodesGet      `cmd:"" help:"Show one node: what it has, and how it isolates."`
	Enroll   nodesEnroll   `cmd:"" help:"Make a single-use token with which one machine joins."`
	Cordon   nodesCordon   `cmd:"" help:"Give a node no new work."`
	Uncordon nodesUncordon `cmd:"" help:"Give a node work again."`
	Drain    nodesDrain    `cmd:"" help:"Cordon a node and let its work end."`
	Remove   nodesRemove   `cmd:"" help:"Retire a node and revoke its certificate."`
}

var nodeColumns = []column[stoa.Node]{
	{title: "ID", value: func(n stoa.Node) string { return n.ID }},
	{title: "NAME", value: func(n stoa.Node) string { return n.Name }},
	{title: "STATUS", value: nodeStatus, tint: func(n stoa.Node) tint { return statusTint(n.Status) }},
	{title: "SLOTS", value: func(n stoa.Node) string { return fmt.Sprintf("%d/%d", n.SlotsUsed, n.SlotsTotal) }},
	{title: "CORES", value: func(n stoa.Node) string { return fmt.Sprint(n.Cores) }},
	{title: "MEMORY", value: func(n stoa.Node) string { return byteCount(n.MemoryBytes) }},
	{title: "AGENT", value: func(n stoa.Node) string { return n.AgentVersion }},
	{title: "SEEN", value: func(n stoa.Node) string { return ago(n.LastSeenAt) }},
}

func nodeStatus(n stoa.Node) string {
	if n.Cordoned && n.Status != "draining" {
		return n.Status + ",cordoned"
	}
	return n.Status
}

// oneNode is the argument of commands about one node.
type oneNode struct {
	Node string `arg:"" help:"The node: id or name."`
}

// steer does something to the node, and says that it is done.
func (o oneNode) steer(c *call, client *stoa.Client, verb func(ctx context.Context, id string) (*stoa.Node, error), done string) error {
	id, err := c.node(client, o.Node)
	if err != nil {
		return err
	}
	node, err := verb(c.ctx, id)
	if err != nil {
		return err
	}
	c.say("%s %s", node.Name, done)
	return nil
}

// node is the id of the node with this id or name.
func (c *call) node(client *stoa.Client, wanted string) (string, error) {
	if isID(wanted) {
		return wanted, nil
	}
	var found []string
	for n, err := range client.Nodes.List(c.ctx) {
		if err != nil {
			return "", err
		}
		if n.Name == wanted {
			found = append(found, n.ID)
		}
	}
	return only(found, "node", wanted)
}

func nodeRuntimes(n stoa.Node) string {
	var out []string
	for _, r := range n.Runtimes {
		out = append(out, r.Name+"@"+r.Version)
	}
	return strings.Join(out, " ")
}

func nodeEnforcement(n stoa.Node) string {
	var out []string
	for _, e := range n.Enforcement {
		word := e.Name + ": " + e.How
		if !e.OK {
			word += " (MISSING)"
		}
		out = append(out, word)
	}
	return strings.Join(out, "; ")
}
