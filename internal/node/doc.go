// Package node is capacity: the machines that workloads run on, how they join,
// and the sessions that their agents keep with this installation.
//
// A node's agent opens one session at a time, with one replica of the control
// plane. Opening it raises the node's epoch, and whatever carries an older
// epoch is thrown away. The session's lease stands in the database, by the
// database's clock; the replica that holds the session renews it for as long as
// the agent is heard. A node whose lease and grace have passed is offline: the
// agent has by then ended its executions, so that they may run elsewhere.
//
// What runs on a node belongs to the slices above (execution, ...), which
// implement Workload and use Sessions. This package knows neither.
package node
