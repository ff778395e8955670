package cli

import (
	"time"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type notificationsSend struct {
	Title    string        `arg:"" help:"The title."`
	Body     string        `name:"body" placeholder:"TEXT" help:"More text."`
	Severity string        `name:"severity" enum:"low,medium,high,urgent" default:"medium" help:"low, medium, high or urgent."`
	To       string        `name:"to" placeholder:"USER" help:"The user: id or e-mail address; all operators if left out."`
	In       time.Duration `name:"in" placeholder:"DURATION" help:"Not now, but after so long: at most 600h."`
	Tags     []string      `name:"tag" placeholder:"TAG" help:"What subscriptions may choose it by; may be repeated."`
}

// Run sends a notification.
func (s *notificationsSend) Run(c *call, client *stoa.Client) error {
	in := stoa.NotificationSendRequest{Title: s.Title, Body: s.Body, Severity: s.Severity, Tags: s.Tags}
	if s.To != "" {
		var err error
		if in.UserID, err = (whichUser{s.To}).id(c, client); err != nil {
			return err
		}
	}
	if s.In > 0 {
		at := time.Now().Add(s.In)
		in.At = &at
	}
	return client.Notifications.Send(c.ctx, in)
}
