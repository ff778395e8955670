package cli

import (
	"strconv"
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type runtimesCommand struct {
	watchFlag
}

// Run lists what can be run.
func (r *runtimesCommand) Run(c *call) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	return showList(c, r.watchFlag, func() ([]stoa.Runtime, error) { return client.Runtimes.List(c.ctx) }, []column[stoa.Runtime]{
		{title: "RUNTIME", value: func(r stoa.Runtime) string { return r.ID }},
		{title: "DEFAULT", value: func(r stoa.Runtime) string { return yes(r.Default) }},
		{title: "NODES", value: func(r stoa.Runtime) string { return strconv.FormatInt(r.Nodes, 10) }},
		{title: "CLASSES", value: runtimeClasses},
		{title: "COMPILED", value: func(r stoa.Runtime) string { return yes(r.Compiled) }},
		{title: "ALSO", value: func(r stoa.Runtime) string { return strings.Join(r.Aliases, " ") }},
	})
}

// runtimeClasses lists the isolation classes that can be had now, the fastest first.
func runtimeClasses(r stoa.Runtime) string {
	var ready []string
	for _, c := range r.Classes {
		if c.Ready {
			ready = append(ready, c.Name)
		}
	}
	return strings.Join(ready, " ")
}
