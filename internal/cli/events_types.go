package cli

type eventsTypes struct {
	Type string `arg:"" optional:"" help:"The type whose JSON Schema to show."`
}

// Run lists the types, or shows one.
func (t *eventsTypes) Run(c *call) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	if t.Type != "" {
		described, err := client.Events.Type(c.ctx, t.Type)
		if err != nil {
			return err
		}
		return c.printData(described.Schema)
	}
	names, err := client.Events.Types(c.ctx)
	if err != nil {
		return err
	}
	return printList(c, names, []column[string]{{title: "TYPE", value: func(name string) string { return name }}})
}
