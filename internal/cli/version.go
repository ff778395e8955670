package cli

import "runtime"

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(c *call) error {
	if c.Output != "table" {
		return c.printData(map[string]string{"version": c.Version, "go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH})
	}
	return c.printLine("stoa " + c.Version)
}
