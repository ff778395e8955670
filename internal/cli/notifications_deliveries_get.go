package cli

import (
	"strconv"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type deliveriesGet struct {
	ID string `arg:"" help:"The delivery."`
}

// Run shows a delivery's attempts.
func (g *deliveriesGet) Run(c *call, client *stoa.Client) error {
	d, err := client.Notifications.Delivery(c.ctx, g.ID)
	if err != nil {
		return err
	}
	if c.Output != "table" {
		return c.printData(d)
	}
	c.say("%s, %s to %s", d.ID, d.Status, d.Channel)
	return printList(c, d.Tries, []column[stoa.NotificationAttempt]{
		{title: "ATTEMPT", value: func(a stoa.NotificationAttempt) string { return strconv.FormatInt(a.Number, 10) }},
		{title: "AT", value: func(a stoa.NotificationAttempt) string { return moment(&a.At) }},
		{title: "TOOK", value: func(a stoa.NotificationAttempt) string { return milliseconds(a.TookMS) }},
		{title: "CODE", value: func(a stoa.NotificationAttempt) string { return strconv.FormatInt(a.StatusCode, 10) }},
		{title: "ERROR", value: func(a stoa.NotificationAttempt) string { return a.Error }},
		{title: "ANSWER", value: func(a stoa.NotificationAttempt) string { return a.Answer }},
	})
}
