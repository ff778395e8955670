package cli

import (
	"fmt"
	"slices"
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type executionsEgress struct {
	ID     string   `arg:"" help:"The execution."`
	Set    []string `name:"set" sep:"," placeholder:"HOST[:PORT]" help:"Make this the whole list; none for nothing."`
	Allow  []string `name:"allow" sep:"," placeholder:"HOST[:PORT]" help:"Add to the list."`
	Revoke []string `name:"revoke" sep:"," placeholder:"HOST[:PORT]" help:"Take from the list; connections that it no longer admits are cut."`
}

// Run changes the list, if it is told how, and shows it with what was refused.
func (x *executionsEgress) Run(c *call, client *stoa.Client) error {
	e, err := client.Executions.Get(c.ctx, x.ID)
	if err != nil {
		return err
	}
	if e.Egress == nil {
		e.Egress = &stoa.ExecutionEgress{}
	}
	if len(x.Set)+len(x.Allow)+len(x.Revoke) > 0 {
		if e, err = client.Executions.SetEgress(c.ctx, x.ID, x.list(e.Egress.Allow)); err != nil {
			return err
		}
	}
	return printOne(c, e.Egress, []column[*stoa.ExecutionEgress]{
		{title: "allowed", value: func(g *stoa.ExecutionEgress) string { return listed(g.Allow) }},
		{title: "in force", value: func(g *stoa.ExecutionEgress) string { return yes(g.Applied) }},
		{title: "connections", value: func(g *stoa.ExecutionEgress) string { return fmt.Sprint(g.Connections) }},
		{title: "sent", value: func(g *stoa.ExecutionEgress) string { return byteCount(g.BytesOut) }},
		{title: "received", value: func(g *stoa.ExecutionEgress) string { return byteCount(g.BytesIn) }},
		{title: "refused", value: refusals},
	})
}

// list is the present one as the flags change it.
func (x *executionsEgress) list(now []string) []string {
	if len(x.Set) > 0 {
		now = x.Set
		if slices.Equal(now, []string{"none"}) {
			now = nil
		}
	}
	now = slices.DeleteFunc(slices.Concat(now, x.Allow), func(rule string) bool { return slices.Contains(x.Revoke, rule) })
	return now
}

func listed(rules []string) string {
	if len(rules) == 0 {
		return "nothing"
	}
	return strings.Join(rules, ", ")
}

func refusals(g *stoa.ExecutionEgress) string {
	all := make([]string, 0, len(g.Refused)+1)
	for _, r := range g.Refused {
		times := ""
		if r.Count > 1 {
			times = fmt.Sprintf(", %d times", r.Count)
		}
		all = append(all, fmt.Sprintf("%s (%s%s)", r.Destination, r.Why, times))
	}
	if g.RefusedMore > 0 {
		all = append(all, fmt.Sprintf("%d more", g.RefusedMore))
	}
	return strings.Join(all, "; ")
}

func egressSummary(g *stoa.ExecutionEgress) string {
	text := listed(g.Allow)
	if refused := refusals(g); refused != "" {
		text += "; refused: " + refused
	}
	return text
}
