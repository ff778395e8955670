// Command stoad is Stoa's control plane.
package main

import (
	"os"

	"github.com/stoa-cloud/stoa/internal/boot"
)

func main() { os.Exit(boot.Main(os.Args[1:])) }
