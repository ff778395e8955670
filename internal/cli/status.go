package cli

import (
	"fmt"
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type statusCommand struct{}

// Run says how the installation fares; what is not as it should be ends it with a failure.
func (statusCommand) Run(c *call, client *stoa.Client) error {
	health, err := client.Health(c.ctx)
	if err != nil {
		return err
	}
	if err := printOne(c, *health, statusFields); err != nil {
		return err
	}
	if !health.Ready {
		return fmt.Errorf("the installation is not ready")
	}
	return nil
}

var statusFields = []column[stoa.Health]{
	{title: "ready", value: func(h stoa.Health) string {
		return map[bool]string{true: "yes", false: "no"}[h.Ready]
	}, tint: func(h stoa.Health) tint { return map[bool]tint{true: good, false: bad}[h.Ready] }},
	{title: "version", value: func(h stoa.Health) string { return h.Version }},
	{title: "up since", value: func(h stoa.Health) string { return moment(&h.StartedAt) }},
	{title: "replica", value: func(h stoa.Health) string { return h.Replica }},
	{title: "database", value: func(h stoa.Health) string {
		d := h.Database
		return fmt.Sprintf("%s, %s, answers in %.1f ms, %d of %d connections in use", d.Version, byteCount(d.SizeBytes), d.RoundTripMS, d.InUse, d.Connections)
	}},
	{title: "events", value: func(h stoa.Health) string {
		return fmt.Sprintf("%d in the log, %d on their way there; dead letters: %s", h.Events.Head, h.Events.Unsequenced, h.Events.DeadLetters)
	}},
	{title: "nodes", value: func(h stoa.Health) string {
		var all []string
		for _, n := range h.Nodes {
			all = append(all, fmt.Sprintf("%d %s", n.Nodes, n.Status))
		}
		return strings.Join(all, ", ")
	}},
	{title: "not running", value: func(h stoa.Health) string {
		var all []string
		for _, m := range h.Modules {
			if m.Error != "" {
				all = append(all, m.Name+": "+m.Error)
			}
		}
		return strings.Join(all, "; ")
	}, tint: func(stoa.Health) tint { return bad }},
}
