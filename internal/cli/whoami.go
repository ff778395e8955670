package cli

import (
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type whoamiCommand struct {
	Rename *string `name:"rename" placeholder:"NAME" help:"Be called this from now on."`
}

// Run says who the caller is.
func (w *whoamiCommand) Run(c *call, client *stoa.Client) error {
	if w.Rename != nil {
		if _, err := client.Me.Rename(c.ctx, *w.Rename); err != nil {
			return err
		}
	}
	me, err := client.Me.Get(c.ctx)
	if err != nil {
		return err
	}
	name, chosen, err := c.context()
	if err != nil {
		return err
	}
	return printOne(c, *me, []column[stoa.Me]{
		{title: "user", value: func(m stoa.Me) string { return identity(&m) }},
		{title: "id", value: func(m stoa.Me) string { return m.User.ID }},
		{title: "installation", value: func(stoa.Me) string { return chosen.URL }},
		{title: "context", value: func(stoa.Me) string { return name }},
		{title: "roles", value: func(m stoa.Me) string { return strings.Join(m.PlatformRoles, " ") }},
		{title: "organizations", value: func(m stoa.Me) string {
			var out []string
			for _, o := range m.Organizations {
				out = append(out, o.Slug+" ("+o.Role+")")
			}
			return strings.Join(out, ", ")
		}},
		{title: "projects", value: func(m stoa.Me) string {
			var out []string
			for _, p := range m.Projects {
				out = append(out, p.Slug+" ("+p.Role+")")
			}
			return strings.Join(out, ", ")
		}},
		{title: "credential", value: func(m stoa.Me) string {
			return m.Credential.Kind + ", expires " + never(m.Credential.ExpiresAt)
		}},
	})
}

// identity names somebody for people.
func identity(m *stoa.Me) string {
	switch {
	case m.User.Email == "":
		return m.User.Name
	case m.User.Name == "":
		return m.User.Email
	}
	return m.User.Name + " <" + m.User.Email + ">"
}
