package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type usersGet struct{ whichUser }

// Run shows one person.
func (g *usersGet) Run(c *call, client *stoa.Client) error {
	id, err := g.id(c, client)
	if err != nil {
		return err
	}
	o, err := client.Users.Get(c.ctx, id)
	if err != nil {
		return err
	}
	return printOne(c, o, []column[*stoa.UserOverview]{
		{title: "id", value: func(o *stoa.UserOverview) string { return o.User.ID }},
		{title: "email", value: func(o *stoa.UserOverview) string { return o.User.Email }},
		{title: "name", value: func(o *stoa.UserOverview) string { return o.User.Name }},
		{title: "status", value: func(o *stoa.UserOverview) string { return o.User.Status }},
		{title: "locked", value: func(o *stoa.UserOverview) string { return o.User.LockedReason }},
		{title: "roles", value: func(o *stoa.UserOverview) string { return strings.Join(o.User.PlatformRoles, ", ") }},
		{title: "note", value: func(o *stoa.UserOverview) string { return o.User.Note }},
		{title: "created", value: func(o *stoa.UserOverview) string { return moment(&o.User.CreatedAt) }},
		{title: "signed in", value: func(o *stoa.UserOverview) string { return moment(o.User.LastSignInAt) }},
		{title: "organizations", value: func(o *stoa.UserOverview) string {
			var all []string
			for _, m := range o.Organizations {
				all = append(all, fmt.Sprintf("%s (%s)", m.Slug, m.Role))
			}
			return strings.Join(all, ", ")
		}},
		{title: "executions", value: func(o *stoa.UserOverview) string {
			var all []string
			for _, status := range slices.Sorted(maps.Keys(o.Executions)) {
				all = append(all, fmt.Sprintf("%d %s", o.Executions[status], status))
			}
			return strings.Join(all, ", ")
		}},
		{title: "used", value: func(o *stoa.UserOverview) string {
			return fmt.Sprintf("%s of CPU in %s", milliseconds(o.CPUMS), milliseconds(o.WallMS))
		}},
		{title: "second factor", value: func(o *stoa.UserOverview) string {
			app := "no authenticator app"
			if o.SecondFactor {
				app = "authenticator app"
			}
			return fmt.Sprintf("%s, %d passkeys", app, o.Passkeys)
		}},
		{title: "sessions", value: func(o *stoa.UserOverview) string { return fmt.Sprint(len(o.Sessions)) }},
		{title: "tokens", value: func(o *stoa.UserOverview) string {
			var all []string
			for _, t := range o.Tokens {
				all = append(all, t.Name)
			}
			return strings.Join(all, ", ")
		}},
	})
}
