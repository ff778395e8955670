package cli

import (
	"fmt"
	"time"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type deadLettersPolicy struct {
	List  policyList  `cmd:"" default:"withargs" help:"List how failing events are tried."`
	Set   policySet   `cmd:"" help:"Say how failing events are tried."`
	Clear policyClear `cmd:"" help:"Take a policy away, so that a more general one applies."`
}

// policyTarget says whose failures are meant.
type policyTarget struct {
	Consumer string `name:"consumer" placeholder:"NAME" help:"Of this consumer; of every one that says nothing itself if left out."`
	Kind     string `name:"kind" placeholder:"KIND" help:"Of events about things of this kind; of every kind if left out."`
}

var policyColumns = []column[stoa.RetryPolicy]{
	{title: "CONSUMER", value: func(p stoa.RetryPolicy) string { return orAll(p.Consumer) }},
	{title: "KIND", value: func(p stoa.RetryPolicy) string { return orAll(p.Kind) }},
	{title: "STRATEGY", value: func(p stoa.RetryPolicy) string { return p.Strategy }},
	{title: "TRIES", value: func(p stoa.RetryPolicy) string { return fmt.Sprint(p.Attempts) }},
	{title: "PAUSES", value: policyPauses},
}

func orAll(name string) string {
	if name == "" {
		return "(all)"
	}
	return name
}

func policyPauses(p stoa.RetryPolicy) string {
	switch p.Strategy {
	case "exponential":
		return fmt.Sprintf("%s, each %g times as long, to %s", milliseconds(p.FirstMS), p.Factor, milliseconds(p.LongestMS))
	case "fixed":
		return milliseconds(p.FirstMS)
	case "scheduled":
		return "until " + p.At + " UTC"
	}
	return ""
}

type policyList struct{}

// Run lists the policies.
func (*policyList) Run(c *call, client *stoa.Client) error {
	policies, err := stoa.Collect(client.DeadLetters.Policies(c.ctx), 0)
	if err != nil {
		return err
	}
	return printList(c, policies, policyColumns)
}

type policySet struct {
	policyTarget
	Strategy string        `arg:"" enum:"immediate,exponential,fixed,scheduled,manual" help:"immediate, exponential, fixed, scheduled or manual."`
	Attempts int64         `name:"attempts" default:"5" help:"How often, the first time included."`
	First    time.Duration `name:"first" default:"1m" help:"The first pause; of fixed, every one."`
	Longest  time.Duration `name:"longest" default:"30m" help:"Of exponential: the longest pause."`
	Factor   float64       `name:"factor" default:"2" help:"Of exponential: how much longer each pause is."`
	At       string        `name:"at" placeholder:"HH:MM" help:"Of scheduled: the time of the day, UTC."`
}

// Run sets a policy.
func (s *policySet) Run(c *call, client *stoa.Client) error {
	set, err := client.DeadLetters.SetPolicy(c.ctx, stoa.RetryPolicySetRequest{
		Consumer: s.Consumer, Kind: s.Kind, Strategy: s.Strategy, Attempts: s.Attempts,
		FirstMS: s.First.Milliseconds(), LongestMS: max(s.First, s.Longest).Milliseconds(), Factor: s.Factor, At: s.At,
	})
	if err != nil {
		return err
	}
	return printOne(c, *set, policyColumns)
}

type policyClear struct{ policyTarget }

// Run takes a policy away.
func (p *policyClear) Run(c *call, client *stoa.Client) error {
	if err := client.DeadLetters.ClearPolicy(c.ctx, p.Consumer, p.Kind); err != nil {
		return err
	}
	c.say("The policy is taken away; a more general one applies.")
	return nil
}
