package cli

import (
	"strconv"
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type executionsSteps struct {
	ID string `arg:"" help:"The execution."`
}

// Run lists the steps.
func (s *executionsSteps) Run(c *call, client *stoa.Client) error {
	steps, err := stoa.Collect(client.Executions.Steps(c.ctx, s.ID), 0)
	if err != nil {
		return err
	}
	return printList(c, steps, []column[stoa.ExecutionStep]{
		{title: "TIME", value: func(s stoa.ExecutionStep) string { return s.Time.Local().Format("15:04:05.000") }},
		{title: "STEP", value: func(s stoa.ExecutionStep) string { return strings.ReplaceAll(s.Name, "_", " ") }, tint: func(s stoa.ExecutionStep) tint {
			if s.Undone {
				return warn
			}
			return statusTint(s.Status)
		}},
		{title: "ATTEMPT", value: func(s stoa.ExecutionStep) string {
			if s.Attempt == 0 {
				return ""
			}
			return strconv.FormatInt(s.Attempt, 10)
		}},
		{title: "NODE", value: func(s stoa.ExecutionStep) string { return s.NodeID }},
		{title: "BECAUSE", value: func(s stoa.ExecutionStep) string { return strings.TrimSpace(s.Status + " " + s.Reason) }},
	})
}
