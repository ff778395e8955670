package cli

import (
	"fmt"
	"time"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type deadLettersCommand struct {
	List    deadLettersList    `cmd:"" default:"withargs" help:"List events that consumers could not handle."`
	Stats   deadLettersStats   `cmd:"" help:"Count them by consumer, state and type."`
	Retry   deadLettersRetry   `cmd:"" help:"Try them again, at once or at a time."`
	Discard deadLettersDiscard `cmd:"" help:"Go on without them."`
	Policy  deadLettersPolicy  `cmd:"" help:"How often failing events are tried: list, set, clear."`
}

var deadLetterColumns = []column[stoa.DeadLetter]{
	{title: "EVENT", value: func(d stoa.DeadLetter) string { return d.EventID }},
	{title: "CONSUMER", value: func(d stoa.DeadLetter) string { return d.Consumer }},
	{title: "TYPE", value: func(d stoa.DeadLetter) string { return d.Type }},
	{title: "STATE", value: func(d stoa.DeadLetter) string { return d.State }, tint: func(d stoa.DeadLetter) tint {
		return map[string]tint{"pending": bad, "scheduled": warn, "waiting": busy, "retried": good}[d.State]
	}},
	{title: "TRIES", value: func(d stoa.DeadLetter) string { return fmt.Sprint(d.Attempts) }},
	{title: "NEXT", value: func(d stoa.DeadLetter) string { return moment(d.NextAt) }},
	{title: "REASON", value: func(d stoa.DeadLetter) string { return d.Reason }},
}

type deadLettersList struct {
	watchFlag
	Consumer string   `name:"consumer" placeholder:"NAME" help:"Only of this consumer."`
	State    []string `name:"state" enum:"pending,scheduled,waiting,retried,discarded" default:"pending,scheduled" help:"Only in these states: pending, scheduled, waiting, retried, discarded."`
	Type     string   `name:"type" placeholder:"TYPE" help:"Only of this type of event."`
	Kind     string   `name:"kind" placeholder:"KIND" help:"Only about things of this kind."`
	Reason   string   `name:"reason" placeholder:"TEXT" help:"Only with this in the reason."`
	Limit    int      `name:"limit" short:"n" default:"50" help:"Show at most this many; 0 shows all."`
}

// Run lists dead letters.
func (l *deadLettersList) Run(c *call, client *stoa.Client) error {
	filter := stoa.DeadLetterFilter{Consumer: l.Consumer, States: l.State, Type: l.Type, Kind: l.Kind, Reason: l.Reason, PageSize: min(l.Limit, 100)}
	return showList(c, l.watchFlag, func() ([]stoa.DeadLetter, error) {
		return stoa.Collect(client.DeadLetters.List(c.ctx, filter), l.Limit)
	}, deadLetterColumns)
}

type deadLettersStats struct{}

// Run counts dead letters.
func (*deadLettersStats) Run(c *call, client *stoa.Client) error {
	st, err := client.DeadLetters.Statistics(c.ctx)
	if err != nil || c.Output != "table" {
		if err == nil {
			err = c.printData(st)
		}
		return err
	}
	c.say("%s: %d open, warning from %d, critical from %d", st.Level, st.Open, st.Warning, st.Critical)
	return printList(c, st.Counts, []column[stoa.DeadLetterCount]{
		{title: "CONSUMER", value: func(n stoa.DeadLetterCount) string { return n.Consumer }},
		{title: "STATE", value: func(n stoa.DeadLetterCount) string { return n.State }},
		{title: "TYPE", value: func(n stoa.DeadLetterCount) string { return n.Type }},
		{title: "EVENTS", value: func(n stoa.DeadLetterCount) string { return fmt.Sprint(n.Events) }},
		{title: "OLDEST", value: func(n stoa.DeadLetterCount) string { return ago(&n.Oldest) }},
	})
}

// deadLetterChoice says which dead letters are meant.
type deadLetterChoice struct {
	Events   []string `arg:"" optional:"" name:"event" help:"Events, by their ids."`
	Consumer string   `name:"consumer" placeholder:"NAME" help:"Those of this consumer."`
	Types    []string `name:"type" placeholder:"TYPE" help:"Those of this type of event; may be repeated."`
	Kind     string   `name:"kind" placeholder:"KIND" help:"Those about things of this kind."`
	Reason   string   `name:"reason" placeholder:"TEXT" help:"Those with this in the reason."`
	Before   instant  `name:"before" placeholder:"TIME" help:"Those that first failed before this time."`
	All      bool     `name:"all" help:"Every one that is pending or scheduled."`
}

func (d deadLetterChoice) before() *time.Time {
	if d.Before.IsZero() {
		return nil
	}
	return &d.Before.Time
}

// decided tells what was done. One request takes a thousand, the oldest first.
func (c *call) decided(out *stoa.DeadLetterOutcome, verb string) error {
	if c.Output != "table" {
		return c.printData(out)
	}
	c.say("%d dead letters are %s", out.Events, verb)
	if out.More {
		c.say("That is as many as one command takes; there may be more.")
	}
	return nil
}

type deadLettersDiscard struct{ deadLetterChoice }

// Run discards dead letters.
func (d *deadLettersDiscard) Run(c *call, client *stoa.Client) error {
	out, err := client.DeadLetters.Discard(c.ctx, stoa.DeadLetterDiscardRequest{
		EventIds: d.Events, Consumer: d.Consumer, Types: d.Types, Kind: d.Kind, Reason: d.Reason, FailedBefore: d.before(), All: d.All,
	})
	if err != nil {
		return err
	}
	return c.decided(out, "discarded")
}

type deadLettersRetry struct {
	deadLetterChoice
	In time.Duration `name:"in" placeholder:"DURATION" help:"Not before so long from now."`
}

// Run retries dead letters.
func (r *deadLettersRetry) Run(c *call, client *stoa.Client) error {
	in := stoa.DeadLetterRetryRequest{
		EventIds: r.Events, Consumer: r.Consumer, Types: r.Types, Kind: r.Kind, Reason: r.Reason, FailedBefore: r.before(), All: r.All,
	}
	if r.In > 0 {
		at := time.Now().Add(r.In)
		in.At = &at
	}
	out, err := client.DeadLetters.Retry(c.ctx, in)
	if err != nil {
		return err
	}
	return c.decided(out, "tried again")
}
