package cli

import (
	"strconv"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type executionsDeliveries struct {
	ID string `arg:"" help:"The execution."`
	watchFlag
}

// Run lists deliveries.
func (d *executionsDeliveries) Run(c *call, client *stoa.Client) error {
	return showList(c, d.watchFlag, func() ([]stoa.ExecutionDelivery, error) {
		return stoa.Collect(client.Executions.Deliveries(c.ctx, d.ID), 0)
	}, []column[stoa.ExecutionDelivery]{
		{title: "KIND", value: func(d stoa.ExecutionDelivery) string { return d.Kind }},
		{title: "TO", value: func(d stoa.ExecutionDelivery) string { return d.Host }},
		{title: "STATUS", value: func(d stoa.ExecutionDelivery) string { return d.Status }, tint: func(d stoa.ExecutionDelivery) tint { return deliveryTint(d.Status) }},
		{title: "ATTEMPTS", value: func(d stoa.ExecutionDelivery) string { return strconv.FormatInt(d.Attempts, 10) }},
		{title: "TRIED", value: func(d stoa.ExecutionDelivery) string { return ago(d.TriedAt) }},
		{title: "ANSWER", value: func(d stoa.ExecutionDelivery) string {
			if d.StatusCode == 0 {
				return ""
			}
			return strconv.FormatInt(d.StatusCode, 10)
		}},
		{title: "NEXT", value: func(d stoa.ExecutionDelivery) string { return moment(d.NextAt) }},
		{title: "REASON", value: func(d stoa.ExecutionDelivery) string { return d.Reason }},
		{title: "ID", value: func(d stoa.ExecutionDelivery) string { return d.ID }},
	})
}

// deliveryTint says what the status of a delivery means.
func deliveryTint(status string) tint {
	return map[string]tint{"delivered": good, "failed": bad, "queued": busy, "sending": busy}[status]
}
