// Stoa-agent runs programs for a Stoa control plane on this machine.
package main

import (
	"os"

	"github.com/stoa-cloud/stoa/internal/agent"
)

var version = "dev" // set by the linker

func main() { os.Exit(agent.Main(version, os.Args[1:], os.Stderr)) }
