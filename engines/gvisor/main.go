// Command stoa-runsc is gVisor's runsc, pinned and built from its module: the kernel
// in user space that the isolation class "gvisor" runs programs in. The agent drives
// it like any runsc; it is a program of its own because it is large, and because it
// must be linked statically (CGO_ENABLED=0).
package main

import "gvisor.dev/gvisor/runsc/cli/maincli"

func main() { maincli.Main() }
