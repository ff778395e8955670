package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type projectsCommand struct {
	List    projectsList    `cmd:"" default:"withargs" help:"List projects."`
	Create  projectsCreate  `cmd:"" help:"Create a project."`
	Use     projectsUse     `cmd:"" help:"Work in this project from now on, in this context."`
	Set     projectsSet     `cmd:"" help:"Rename a project, or move it into a unit."`
	Archive projectsArchive `cmd:"" help:"Stop new work in a project; what is there stays and can be read."`
	Restore projectsRestore `cmd:"" help:"Let an archived project take work again."`
}

var projectColumns = []column[stoa.Project]{
	{title: "ID", value: func(p stoa.Project) string { return p.ID }},
	{title: "NAME", value: func(p stoa.Project) string { return p.Name }},
	{title: "SLUG", value: func(p stoa.Project) string { return p.Slug }},
	{title: "ORGANIZATION", value: func(p stoa.Project) string { return p.OrganizationID }},
	{title: "ARCHIVED", value: func(p stoa.Project) string { return ago(p.ArchivedAt) }},
}

// anyProject is the project with this id, slug or name, archived or not.
func (c *call) anyProject(client *stoa.Client, wanted string) (*stoa.Project, error) {
	if isID(wanted) {
		return client.Projects.Get(c.ctx, wanted)
	}
	var found []string
	for p, err := range client.Projects.ListAll(c.ctx, "", true) {
		if err != nil {
			return nil, err
		}
		if p.Slug == wanted || p.Name == wanted {
			found = append(found, p.ID)
		}
	}
	id, err := only(found, "project", wanted)
	if err != nil {
		return nil, err
	}
	return client.Projects.Get(c.ctx, id)
}
