package cli

import (
	"encoding/json"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type usersLimits struct {
	whichUser
	Set   map[string]string `name:"set" placeholder:"NAME=VALUE" help:"Give them a value of their own, for instance rate.multiplier_percent=50."`
	Reset []string          `name:"reset" placeholder:"NAME" help:"Take their own value away; all takes every one."`
	Own   bool              `name:"own" help:"Show only what is set for them."`
}

// Run changes what was asked, and lists what applies then.
func (l *usersLimits) Run(c *call, client *stoa.Client) error {
	id, err := l.id(c, client)
	if err != nil {
		return err
	}
	list := func() ([]stoa.Limit, error) { return stoa.Collect(client.Limits.ListFor(c.ctx, id, ""), 0) }
	return ownLimits{target: stoa.LimitTarget{Kind: "user", ID: id}, list: list, set: l.Set, reset: l.Reset, own: l.Own}.run(c, client)
}

// ownLimits changes and shows the values of one person, everywhere or in an organization.
type ownLimits struct {
	target stoa.LimitTarget
	list   func() ([]stoa.Limit, error)
	set    map[string]string
	reset  []string
	own    bool
}

func (o ownLimits) run(c *call, client *stoa.Client) error {
	for name, value := range o.set {
		if err := client.Limits.Set(c.ctx, name, o.target, rawValue(value)); err != nil {
			return err
		}
	}
	limits, err := o.list()
	if err != nil {
		return err
	}
	resets := o.reset
	if len(resets) == 1 && resets[0] == "all" {
		resets = nil
		for _, limit := range o.only(limits) {
			resets = append(resets, limit.Name)
		}
	}
	for _, name := range resets {
		if err := client.Limits.Reset(c.ctx, name, o.target); err != nil {
			return err
		}
	}
	if len(resets) > 0 {
		if limits, err = o.list(); err != nil {
			return err
		}
	}
	if o.own {
		limits = o.only(limits)
	}
	return printList(c, limits, []column[stoa.Limit]{
		{title: "NAME", value: func(l stoa.Limit) string { return l.Name }},
		{title: "APPLIES", value: limitValue},
		{title: "USED", value: limitUsed},
		{title: "SCOPE", value: func(l stoa.Limit) string { return l.Scope }},
		{title: "OWN", value: func(l stoa.Limit) string { return rawText(o.value(l)) }},
		{title: "HELP", value: func(l stoa.Limit) string { return l.Help }},
	})
}

// only are those that are set for the person.
func (o ownLimits) only(limits []stoa.Limit) []stoa.Limit {
	own := []stoa.Limit{}
	for _, limit := range limits {
		if o.value(limit) != nil {
			own = append(own, limit)
		}
	}
	return own
}

// value is what was set for the person; nil if nothing.
func (o ownLimits) value(l stoa.Limit) json.RawMessage {
	for _, set := range l.Set {
		if set.Scope == o.target.Kind {
			return set.Value
		}
	}
	return nil
}
