package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type organizationsCommand struct {
	List   organizationsList   `cmd:"" default:"withargs" help:"List organizations."`
	Create organizationsCreate `cmd:"" help:"Create an organization that you own."`
	Rename organizationsRename `cmd:"" help:"Give an organization another name."`
}

var organizationColumns = []column[stoa.Organization]{
	{title: "ID", value: func(o stoa.Organization) string { return o.ID }},
	{title: "NAME", value: func(o stoa.Organization) string { return o.Name }},
	{title: "SLUG", value: func(o stoa.Organization) string { return o.Slug }},
	{title: "PERSONAL", value: func(o stoa.Organization) string { return yes(o.Personal) }},
}
