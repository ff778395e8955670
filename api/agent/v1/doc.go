// Package agentv1 is the protocol between the control plane and the agent on
// each node. Everything but this file is generated from agent.proto, which
// explains it.
package agentv1

//go:generate ./generate.sh
