package cli

import (
	"fmt"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type scriptsExamples struct {
	Name     string `arg:"" optional:"" help:"Print the source of this one, such as python/3.10-match."`
	Language string `name:"language" short:"l" placeholder:"NAME" help:"Only of this language."`
}

// Run lists programs that show what newer versions accept, or prints one.
func (e *scriptsExamples) Run(c *call, client *stoa.Client) error {
	all, err := stoa.Collect(client.Runtimes.Examples(c.ctx, e.Language), 0)
	if err != nil {
		return err
	}
	columns := []column[stoa.ScriptExample]{
		{title: "NAME", value: func(x stoa.ScriptExample) string { return x.Name }},
		{title: "RUNS ON", value: exampleRunsOn, tint: func(x stoa.ScriptExample) tint { return map[bool]tint{true: warn, false: good}[x.Needs != ""] }},
		{title: "SHOWS", value: func(x stoa.ScriptExample) string { return x.Title }},
	}
	if e.Name == "" {
		return printList(c, all, columns)
	}
	for _, x := range all {
		if x.Name != e.Name {
			continue
		}
		if c.Output != "table" {
			return printOne(c, x, columns)
		}
		_, err := fmt.Fprint(c.Stdout, x.Source)
		return err
	}
	return missing{fmt.Errorf("there is no example %q; stoa scripts examples lists them", e.Name)}
}

func exampleRunsOn(x stoa.ScriptExample) string {
	if len(x.RunsOn) == 0 {
		return "needs " + x.Needs
	}
	return x.RunsOn[0]
}
