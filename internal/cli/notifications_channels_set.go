package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type channelsSet struct {
	ID       string   `arg:"" help:"The channel; the console's has your user id."`
	Address  string   `name:"address" placeholder:"URL" help:"Another address."`
	Name     string   `name:"name" placeholder:"NAME" help:"Another name."`
	Severity string   `name:"severity" placeholder:"SEVERITY" help:"Only what matters at least so much: low, medium, high or urgent."`
	Only     []string `name:"only" placeholder:"TAG" help:"Only with one of these tags; an empty one lifts that."`
	Not      []string `name:"not" placeholder:"TAG" help:"Not with any of these tags; an empty one lifts that."`
	On       bool     `name:"on" xor:"on" help:"Switch it on, also one that Stoa disabled."`
	Off      bool     `name:"off" xor:"on" help:"Switch it off."`
}

// Run changes a channel.
func (s *channelsSet) Run(c *call, client *stoa.Client) error {
	in := stoa.NotificationChangeSubscriptionRequest{
		URL: s.Address, Name: s.Name, MinSeverity: s.Severity, IncludeTags: tagsGiven(s.Only), ExcludeTags: tagsGiven(s.Not),
	}
	if s.On || s.Off {
		in.Enabled = &s.On
	}
	changed, err := client.Notifications.ChangeSubscription(c.ctx, s.ID, in)
	if err != nil {
		return err
	}
	return printOne(c, *changed, channelColumns)
}

// tagsGiven is nil when nothing was said, and no tags when an empty one was.
func tagsGiven(tags []string) *[]string {
	switch {
	case tags == nil:
		return nil
	case len(tags) == 1 && tags[0] == "":
		return &[]string{}
	}
	return &tags
}
