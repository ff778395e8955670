package cli

import (
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type runtimesSet struct {
	Runtime string   `arg:"" placeholder:"NAME@VERSION" help:"The runtime, with its whole version: an image, or one that nodes have installed."`
	Class   string   `name:"class" enum:",auto,fresh,gvisor" default:"" placeholder:"CLASS" help:"The weakest isolation class that its runs are given: fresh or gvisor; auto leaves it to the settings."`
	Egress  []string `name:"egress" sep:"," placeholder:"HOST[:PORT]" help:"What runs may connect to that name no list of their own: a name, *.name, an address or a range (CIDR); none for nothing."`
}

// Run changes what operators say of a runtime.
func (s *runtimesSet) Run(c *call, client *stoa.Client) error {
	if s.Class == "" && len(s.Egress) == 0 {
		return usagef("say what to change: --class, --egress")
	}
	in := stoa.RuntimeUpdate{Class: s.Class}
	if len(s.Egress) > 0 {
		in.Egress = &s.Egress
	}
	r, err := client.Runtimes.Update(c.ctx, s.Runtime, in)
	if err != nil {
		return err
	}
	if c.Output != "table" {
		return c.printData(r)
	}
	class := "isolation as the settings say"
	if r.Class != "" {
		class = "isolation class " + r.Class + " at least"
	}
	may := "connect to nothing"
	if len(r.Egress) > 0 {
		may = "connect to " + strings.Join(r.Egress, ", ")
	}
	c.say("%s: %s; runs that name no list may %s", r.ID, class, may)
	return nil
}
