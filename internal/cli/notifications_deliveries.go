package cli

import (
	"strconv"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type notificationsDeliveries struct {
	List      deliveriesList      `cmd:"" default:"withargs" help:"List what was sent, newest first."`
	Get       deliveriesGet       `cmd:"" help:"Show one with its attempts."`
	Redeliver deliveriesRedeliver `cmd:"" help:"Send again at once, with the same id."`
}

type deliveriesList struct {
	Channel string `name:"channel" placeholder:"ID" help:"Only to this channel."`
	Limit   int    `name:"limit" short:"n" default:"50" help:"Show at most this many; 0 shows all."`
	watchFlag
}

var deliveryColumns = []column[stoa.NotificationDelivery]{
	{title: "ID", value: func(d stoa.NotificationDelivery) string { return d.ID }},
	{title: "CHANNEL", value: func(d stoa.NotificationDelivery) string { return d.Channel }},
	{title: "STATUS", value: func(d stoa.NotificationDelivery) string { return d.Status }, tint: func(d stoa.NotificationDelivery) tint { return deliveryTint(d.Status) }},
	{title: "ATTEMPTS", value: func(d stoa.NotificationDelivery) string { return strconv.FormatInt(d.Attempts, 10) }},
	{title: "CREATED", value: func(d stoa.NotificationDelivery) string { return ago(&d.CreatedAt) }},
	{title: "NEXT", value: func(d stoa.NotificationDelivery) string {
		if d.NextAt == nil {
			return "-"
		}
		return moment(d.NextAt)
	}},
	{title: "REASON", value: func(d stoa.NotificationDelivery) string { return d.Reason }},
}

// Run lists deliveries.
func (l *deliveriesList) Run(c *call, client *stoa.Client) error {
	return showList(c, l.watchFlag, func() ([]stoa.NotificationDelivery, error) {
		return stoa.Collect(client.Notifications.Deliveries(c.ctx, l.Channel), l.Limit)
	}, deliveryColumns)
}
