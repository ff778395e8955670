package cli

import (
	"fmt"
	"strconv"
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type runtimesCommand struct {
	List    runtimesList    `cmd:"" default:"withargs" aliases:"ls" help:"List what can be run."`
	Add     runtimesAdd     `cmd:"" help:"Make a container image a runtime."`
	Set     runtimesSet     `cmd:"" help:"Say how a runtime's runs are kept apart, and what they may connect to."`
	Remove  runtimesRemove  `cmd:"" aliases:"rm" help:"Retire a runtime that is an image."`
	Inspect runtimesInspect `cmd:"" help:"Ask a registry what an image is."`
	Nodes   runtimesNodes   `cmd:"" help:"Show how far nodes are with images."`
}

type runtimesList struct {
	watchFlag
}

// Run lists what can be run.
func (r *runtimesList) Run(c *call, client *stoa.Client) error {
	return showList(c, r.watchFlag, func() ([]stoa.Runtime, error) { return client.Runtimes.List(c.ctx) }, []column[stoa.Runtime]{
		{title: "RUNTIME", value: func(r stoa.Runtime) string { return r.ID }},
		{title: "DEFAULT", value: func(r stoa.Runtime) string { return yes(r.Default) }},
		{title: "NODES", value: runtimeNodes},
		{title: "CLASSES", value: runtimeClasses},
		{title: "COMPILED", value: func(r stoa.Runtime) string { return yes(r.Compiled) }},
		{title: "FROM", value: runtimeOrigin},
		{title: "ALSO", value: func(r stoa.Runtime) string { return strings.Join(r.Aliases, " ") }},
	})
}

// runtimeNodes counts the nodes that have it, and those that do not yet.
func runtimeNodes(r stoa.Runtime) string {
	text := strconv.FormatInt(r.Nodes, 10)
	if r.Pulling > 0 {
		text += fmt.Sprintf(", %d pulling", r.Pulling)
	}
	if r.Failing > 0 {
		text += fmt.Sprintf(", %d failing", r.Failing)
	}
	return text
}

// runtimeOrigin is the image that it is, or where else it comes from.
func runtimeOrigin(r stoa.Runtime) string {
	if r.Image == "" {
		return "installed"
	}
	return r.Image
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
