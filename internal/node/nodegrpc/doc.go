// Package nodegrpc is the control plane's side of the agent protocol: who may
// call what, joining, and the sessions that this replica holds.
//
// A session lives in two goroutines. One receives, and calls the workloads one
// message after the other; only results are stored beside it, because a commit
// takes longer than a message. The other sends from a bounded queue, so that
// nobody ever waits for an agent's network. A keeper renews the leases of all
// sessions in one statement, and ends those whose agents are silent, whose
// lease is lost or whose node was removed.
package nodegrpc
