package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type projectsCommand struct {
	List   projectsList   `cmd:"" default:"withargs" help:"List projects."`
	Create projectsCreate `cmd:"" help:"Create a project."`
	Use    projectsUse    `cmd:"" help:"Work in this project from now on, in this context."`
}

var projectColumns = []column[stoa.Project]{
	{title: "ID", value: func(p stoa.Project) string { return p.ID }},
	{title: "NAME", value: func(p stoa.Project) string { return p.Name }},
	{title: "SLUG", value: func(p stoa.Project) string { return p.Slug }},
	{title: "ORGANIZATION", value: func(p stoa.Project) string { return p.OrganizationID }},
}
