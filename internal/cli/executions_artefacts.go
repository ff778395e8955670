package cli

import (
	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type executionsArtefacts struct {
	ID string `arg:"" help:"The execution."`
	To string `name:"to" placeholder:"DIR" help:"Save them below this folder; it is made if missing."`
}

// Run lists what an execution left behind, or saves it.
func (a *executionsArtefacts) Run(c *call, client *stoa.Client) error {
	if a.To != "" {
		return c.saveArtefacts(client, a.ID, a.To)
	}
	all, err := client.Executions.Artefacts(c.ctx, a.ID)
	if err != nil {
		return err
	}
	if c.Output != "table" {
		return c.printData(all)
	}
	c.tellOmitted(all.Omitted)
	return printList(c, all.Items, []column[stoa.ExecutionArtefact]{
		{title: "PATH", value: func(a stoa.ExecutionArtefact) string { return a.Path }},
		{title: "SIZE", value: func(a stoa.ExecutionArtefact) string { return byteCount(a.Size) }},
		{title: "SHA256", value: func(a stoa.ExecutionArtefact) string { return a.Sha256 }},
	})
}

// saveArtefacts writes them below a folder, and nowhere else.
func (c *call) saveArtefacts(client *stoa.Client, id, dir string) error {
	all, err := client.Executions.SaveArtefacts(c.ctx, id, dir)
	if err != nil {
		return err
	}
	for _, a := range all.Items {
		c.say("%s is saved (%s)", printable(a.Path), byteCount(a.Size))
	}
	c.tellOmitted(all.Omitted)
	return nil
}

func (c *call) tellOmitted(all []stoa.OmittedArtefact) {
	for _, o := range all {
		path := printable(o.Path)
		if path == "" {
			path = "artefacts"
		}
		c.say("%s: %s", path, printable(o.Reason))
	}
}

// saveArtefacts does what --artefact and --artefacts-to ask for, once the run has ended.
func (r *runCommand) saveArtefacts(c *call, client *stoa.Client, e *stoa.Execution) error {
	switch {
	case r.To != "":
		return c.saveArtefacts(client, e.ID, r.To)
	case len(r.Artefact) == 0 || c.Output != "table":
		return nil
	}
	all, err := client.Executions.Artefacts(c.ctx, e.ID)
	if err != nil {
		return err
	}
	c.tellOmitted(all.Omitted)
	if len(all.Items) > 0 {
		c.say("%d artefacts are kept: `stoa executions artefacts %s --to DIR` saves them", len(all.Items), e.ID)
	}
	return nil
}
