package cli

import (
	"strconv"
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type executionsGet struct {
	ID string `arg:"" help:"The execution."`
}

// Run shows one execution.
func (g *executionsGet) Run(c *call, client *stoa.Client) error {
	e, err := client.Executions.Get(c.ctx, g.ID)
	if err != nil {
		return err
	}
	return printExecution(c, e)
}

func printExecution(c *call, e *stoa.Execution) error {
	return printOne(c, e, []column[*stoa.Execution]{
		{title: "id", value: func(e *stoa.Execution) string { return e.ID }},
		{title: "status", value: func(e *stoa.Execution) string { return e.Status }, tint: func(e *stoa.Execution) tint { return statusTint(e.Status) }},
		{title: "reason", value: func(e *stoa.Execution) string {
			if e.Reason == nil {
				return ""
			}
			return e.Reason.Message + " (" + e.Reason.Code + ")"
		}},
		{title: "exit", value: func(e *stoa.Execution) string { return ending(*e) }},
		{title: "queue", value: waiting},
		{title: "runtime", value: func(e *stoa.Execution) string { return e.Runtime }},
		{title: "script", value: func(e *stoa.Execution) string {
			if e.Script == nil {
				return ""
			}
			return e.Script.Name + "@" + strconv.FormatInt(e.Script.Version, 10) + " (" + e.Script.ID + ")"
		}},
		{title: "arguments", value: func(e *stoa.Execution) string { return strings.Join(e.Args, " ") }},
		{title: "priority", value: func(e *stoa.Execution) string { return e.Priority }},
		{title: "class", value: isolation},
		{title: "network", value: func(e *stoa.Execution) string { return yes(e.Network) }},
		{title: "egress", value: func(e *stoa.Execution) string {
			if e.Egress == nil {
				return ""
			}
			return egressSummary(e.Egress)
		}},
		{title: "attached", value: func(e *stoa.Execution) string { return company(e.Attached) }},
		{title: "project", value: func(e *stoa.Execution) string { return e.ProjectID }},
		{title: "owner", value: func(e *stoa.Execution) string { return e.OwnerID }},
		{title: "node", value: func(e *stoa.Execution) string { return e.NodeID }},
		{title: "attempt", value: func(e *stoa.Execution) string { return strconv.FormatInt(e.Attempt, 10) }},
		{title: "retry of", value: func(e *stoa.Execution) string { return e.RetryOf }},
		{title: "created", value: func(e *stoa.Execution) string { return moment(&e.CreatedAt) }},
		{title: "started", value: func(e *stoa.Execution) string { return moment(e.StartedAt) }},
		{title: "ended", value: func(e *stoa.Execution) string { return moment(e.EndedAt) }},
		{title: "used", value: func(e *stoa.Execution) string {
			if e.Usage == nil {
				return ""
			}
			return milliseconds(int64(e.Usage.WallMS)) + " of time, " + milliseconds(int64(e.Usage.CPUMS)) + " of processor, " + byteCount(e.Usage.PeakMemoryBytes) + " of memory"
		}},
	})
}

// isolation tells the class that it got, or will get, and what was asked for.
func isolation(e *stoa.Execution) string {
	class := e.Class
	if e.ClassGiven != "" {
		class = e.ClassGiven
	}
	if e.ClassAsked != "" && e.ClassAsked != class {
		class += " (" + e.ClassAsked + " was asked for)"
	}
	return class
}
