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
func (l *usersLimits) Run(c *call) error {
	client, id, err := l.open(c)
	if err != nil {
		return err
	}
	target := stoa.LimitTarget{Kind: "user", ID: id}
	for name, value := range l.Set {
		if err := client.Limits.Set(c.ctx, name, target, rawValue(value)); err != nil {
			return err
		}
	}
	limits, err := stoa.Collect(client.Limits.ListFor(c.ctx, id, ""), 0)
	if err != nil {
		return err
	}
	own := limits[:0:0]
	for _, limit := range limits {
		if ownValue(limit) != nil {
			own = append(own, limit)
		}
	}
	resets := l.Reset
	if len(resets) == 1 && resets[0] == "all" {
		resets = nil
		for _, limit := range own {
			resets = append(resets, limit.Name)
		}
	}
	for _, name := range resets {
		if err := client.Limits.Reset(c.ctx, name, target); err != nil {
			return err
		}
	}
	if len(resets) > 0 {
		return (&usersLimits{whichUser: whichUser{User: id}, Own: l.Own}).Run(c)
	}
	if l.Own {
		limits = own
	}
	return printList(c, limits, []column[stoa.Limit]{
		{title: "NAME", value: func(l stoa.Limit) string { return l.Name }},
		{title: "APPLIES", value: limitValue},
		{title: "SCOPE", value: func(l stoa.Limit) string { return l.Scope }},
		{title: "OWN", value: func(l stoa.Limit) string { return rawText(ownValue(l)) }},
		{title: "HELP", value: func(l stoa.Limit) string { return l.Help }},
	})
}

// ownValue is what was set for the user; nil if nothing.
func ownValue(l stoa.Limit) json.RawMessage {
	for _, set := range l.Set {
		if set.Scope == "user" {
			return set.Value
		}
	}
	return nil
}
