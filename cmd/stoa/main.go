// Command stoa is the command line of Stoa.
package main

import (
	"os"

	"github.com/stoa-cloud/stoa/internal/cli"
)

// version is set by the build.
var version = "dev"

func main() { os.Exit(cli.Main(version)) }
