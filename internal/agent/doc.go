// Package agent is the program on each node. It dials the control plane, says
// what it runs, takes signed tasks, runs them in the sandbox and reports what it
// observed. It holds no credentials but its own certificate.
//
//	enrol once → dial → hello → welcome → tasks, output, results, heartbeats
//	               ↑____________ back-off ____________|
//
// A task lives in the table from its receipt until its result is acked, whatever
// becomes of the connection. A new session begins with what is in the table:
// output is sent again from the start, and results until they are acked.
// Executions go on without a session for as long as the last answer of the
// control plane allowed (lease and grace), and then end: it may start them again
// elsewhere.
//
// What ran when the agent itself was killed is gone; the sandbox removes what is
// left of it, and the hello then says that nothing runs.
package agent
