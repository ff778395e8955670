package cli

import (
	"github.com/stoa-cloud/stoa/internal/cli/config"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type projectsUse struct {
	Project string `arg:"" name:"project" help:"The project: id, slug or name."`
}

// Run makes a project the context's.
func (p *projectsUse) Run(c *call, client *stoa.Client) error {
	me, err := client.Me.Get(c.ctx)
	if err != nil {
		return err
	}
	id, err := findProject(me.Projects, p.Project)
	if err != nil {
		return err
	}
	name, _, err := c.context()
	if err != nil {
		return err
	}
	err = c.updateConfig(func(file *config.Config) error {
		chosen, known := file.Contexts[name]
		if !known {
			return usagef("there is no context to remember the project in; `stoa login` makes one")
		}
		chosen.Project = id
		file.Contexts[name] = chosen
		return nil
	})
	if err == nil {
		c.say("context %s works in project %s", name, id)
	}
	return err
}
