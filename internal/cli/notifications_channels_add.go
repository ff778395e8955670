package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type channelsAdd struct {
	Channel  string   `arg:"" enum:"webhook,slack,email" help:"webhook, slack or email."`
	URL      string   `arg:"" optional:"" help:"The address of the webhook, or Slack's incoming webhook. E-mail goes to your account's address."`
	Name     string   `name:"name" help:"What to call it; the address's host if left out."`
	Severity string   `name:"severity" enum:"low,medium,high,urgent" default:"medium" help:"Only what matters at least so much."`
	Only     []string `name:"only" placeholder:"TAG" help:"Only with this tag, or another that is named so."`
	Not      []string `name:"not" placeholder:"TAG" help:"Not with this tag."`
}

// Run prints a webhook's secret and nothing else on standard output.
func (a *channelsAdd) Run(c *call, client *stoa.Client) error {
	made, err := client.Notifications.Subscribe(c.ctx, stoa.NotificationSubscribeRequest{
		Channel: a.Channel, URL: a.URL, Name: a.Name, MinSeverity: a.Severity, IncludeTags: a.Only, ExcludeTags: a.Not,
	})
	if err != nil {
		return err
	}
	return c.printSecretOnce(made)
}

func (c *call) printSecretOnce(made *stoa.NotificationSubscriptionWithSecret) error {
	if c.Output != "table" {
		return c.printData(made)
	}
	if made.Secret == "" {
		c.say("Channel %s: %s", made.Subscription.ID, made.Subscription.Name)
		return nil
	}
	c.say("Channel %s: %s. The secret that its messages are signed with is shown this once:", made.Subscription.ID, made.Subscription.Name)
	return c.printLine(made.Secret)
}
