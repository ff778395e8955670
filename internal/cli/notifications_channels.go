package cli

import (
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type notificationsChannels struct {
	List   channelsList   `cmd:"" default:"withargs" help:"List your channels."`
	Add    channelsAdd    `cmd:"" help:"Add a webhook, Slack, or your e-mail; a webhook's signing secret is shown once."`
	Set    channelsSet    `cmd:"" help:"Change what a channel gets, or where it is."`
	Rotate channelsRotate `cmd:"" help:"Give a webhook another signing secret; for a day it signs with both."`
	Test   channelsTest   `cmd:"" help:"Send a test."`
	Remove channelsRemove `cmd:"" help:"Remove channels."`
}

type channelsList struct {
	watchFlag
}

var channelColumns = []column[stoa.NotificationSubscription]{
	{title: "ID", value: func(s stoa.NotificationSubscription) string { return s.ID }},
	{title: "CHANNEL", value: func(s stoa.NotificationSubscription) string { return s.Channel }},
	{title: "NAME", value: func(s stoa.NotificationSubscription) string { return s.Name }},
	{title: "FROM", value: func(s stoa.NotificationSubscription) string { return s.MinSeverity }},
	{title: "ONLY", value: func(s stoa.NotificationSubscription) string { return strings.Join(s.IncludeTags, " ") }},
	{title: "NOT", value: func(s stoa.NotificationSubscription) string { return strings.Join(s.ExcludeTags, " ") }},
	{title: "STATE", value: channelState, tint: func(s stoa.NotificationSubscription) tint {
		switch {
		case s.DisabledAt != nil:
			return bad
		case s.FailingSince != nil:
			return warn
		}
		return plain
	}},
}

func channelState(s stoa.NotificationSubscription) string {
	switch {
	case s.DisabledAt != nil:
		return "disabled: " + s.DisabledReason
	case !s.Enabled:
		return "off"
	case s.FailingSince != nil:
		return "failing since " + moment(s.FailingSince)
	}
	return "on"
}

// Run lists channels.
func (l *channelsList) Run(c *call, client *stoa.Client) error {
	return showList(c, l.watchFlag, func() ([]stoa.NotificationSubscription, error) {
		return stoa.Collect(client.Notifications.Subscriptions(c.ctx), 0)
	}, channelColumns)
}
