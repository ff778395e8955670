package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type notificationsList struct {
	Unread bool   `name:"unread" short:"u" help:"Only unread ones."`
	All    bool   `name:"all" short:"a" help:"Also those that were held back."`
	Tag    string `name:"tag" placeholder:"TAG" help:"Only with this tag, for instance exec:0199…"`
	Limit  int    `name:"limit" short:"n" default:"50" help:"Show at most this many; 0 shows all."`
	watchFlag
}

var notificationColumns = []column[stoa.Notification]{
	{title: "ID", value: func(n stoa.Notification) string { return n.ID }},
	{title: "SEVERITY", value: func(n stoa.Notification) string { return n.Severity }, tint: severityTint},
	{title: "STATUS", value: func(n stoa.Notification) string {
		if n.Status == "delivered" {
			return "unread"
		}
		return n.Status
	}},
	{title: "WHEN", value: func(n stoa.Notification) string { return ago(&n.CreatedAt) }},
	{title: "TITLE", value: func(n stoa.Notification) string { return n.Title }},
	{title: "TEXT", value: func(n stoa.Notification) string { return n.Body }},
}

func severityTint(n stoa.Notification) tint {
	return map[string]tint{"medium": warn, "high": bad, "urgent": bad}[n.Severity]
}

// Run lists notifications.
func (l *notificationsList) Run(c *call, client *stoa.Client) error {
	filter := stoa.NotificationFilter{Unread: l.Unread, HeldBack: l.All, Tag: l.Tag}
	if l.Limit > 0 {
		filter.PageSize = min(l.Limit, 100)
	}
	return showList(c, l.watchFlag, func() ([]stoa.Notification, error) {
		return stoa.Collect(client.Notifications.List(c.ctx, filter), l.Limit)
	}, notificationColumns)
}
