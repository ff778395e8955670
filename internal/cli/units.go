package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type unitsCommand struct {
	List   unitsList   `cmd:"" default:"withargs" help:"List units, parents before children."`
	Create unitsCreate `cmd:"" help:"Add a unit."`
	Set    unitsSet    `cmd:"" help:"Rename a unit, or move it with what is in it."`
	Delete unitsDelete `cmd:"" aliases:"rm" help:"Delete an empty unit."`
}

// nilID is how the API is told "in no unit".
const nilID = "00000000-0000-0000-0000-000000000000"

// unitScope says whose units are meant.
type unitScope struct {
	Organization string `name:"organization" placeholder:"ORGANIZATION" help:"The organization (id, slug or name); the one of the project that is worked in if left out."`
}

func (s unitScope) organization(c *call, client *stoa.Client) (string, error) {
	if s.Organization != "" {
		return c.organization(client, s.Organization)
	}
	id, err := c.projectOrDefault(client)
	if err != nil {
		return "", err
	}
	if id == "" {
		return "", usagef("say which --organization: you have no project")
	}
	p, err := client.Projects.Get(c.ctx, id)
	if err != nil {
		return "", err
	}
	return p.OrganizationID, nil
}

// unit is the id of the unit with this id or name; "none" is the organization itself.
func (c *call) unit(client *stoa.Client, organization, wanted string) (string, error) {
	if wanted == "none" {
		return nilID, nil
	}
	if isID(wanted) {
		return wanted, nil
	}
	var found []string
	for u, err := range client.Organizations.Units(c.ctx, organization) {
		if err != nil {
			return "", err
		}
		if u.Name == wanted {
			found = append(found, u.ID)
		}
	}
	return only(found, "unit", wanted)
}

var unitColumns = []column[stoa.Unit]{
	{title: "ID", value: func(u stoa.Unit) string { return u.ID }},
	{title: "NAME", value: func(u stoa.Unit) string { return u.Name }},
	{title: "PARENT", value: func(u stoa.Unit) string { return u.ParentID }},
}
