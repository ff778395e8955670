package main

func nodes() board {
	return board{name: "nodes", title: "Nodes and slots", agents: true, about: "The machines that run programs. What their agents tell needs --metrics-listen.", rows: []row{
		{"Now", []panel{
			number("Ready", "Nodes that take work, unless they are cordoned.", "short", `max(stoa_nodes{J,status="ready"})`, step{0, "red"}, step{1, "green"}),
			number("Offline", "Nodes whose agent is not heard.", "short", `max(stoa_nodes{J,status="offline"})`, bad(1)...),
			number("Draining", "Nodes that are wanted empty.", "short", `max(stoa_nodes{J,status="draining"})`),
			number("Slots", "Programs that the nodes which take work may run at once.", "short", `max(stoa_node_slots{J})`, step{0, "red"}, step{1, "green"}),
			number("In use", "Executions under way beside the slots.", "percentunit", `max(stoa_executions_active{J}) / max(stoa_node_slots{J})`, worse(0.8, 0.95)...),
		}},
		{"As the control plane sees them", []panel{
			stacked("Nodes", "Nodes by status.", "short", line(`max by (status) (stoa_nodes{J})`, "{{status}}")),
			graph("Slots", "How many executions are under way, and how many could be.", "short", line(`max(stoa_executions_active{J})`, "under way"), line(`max(stoa_node_slots{J})`, "slots")),
			graph("Sessions and decisions", "Sessions that agents opened, nodes that were lost, and what operators decided.", "ops",
				line(`sum by (name) (rate(command_duration_seconds_count{J,name=~"node.open_session|node.mark_offline|node.cordon|node.uncordon|node.drain|node.remove|node.admit",outcome="ok"}[$__rate_interval]))`, "{{name}}")),
		}},
		{"As the agents see themselves", []panel{
			graph("Running", "Executions that run on each node.", "short", line(`stoa_agent_running{N}`, "{{instance}}")),
			graph("In use", "The same beside the node's slots.", "percentunit", line(`stoa_agent_running{N} / stoa_agent_slots{N}`, "{{instance}}")),
			graph("Connected", "1 while there is a session with the control plane.", "short", line(`stoa_agent_connected{N}`, "{{instance}}")),
		}},
		{"", []panel{
			graph("Ended", "Executions that ended on each node.", "ops", line(`sum by (instance) (rate(stoa_agent_executions_total{N}[$__rate_interval]))`, "{{instance}}")),
			graph("CPU of executions", "Cores that executions kept busy, counted when they ended.", "short", line(`rate(stoa_agent_execution_cpu_seconds_total{N}[$__rate_interval])`, "{{instance}}")),
			graph("Results on their way", "Results that the control plane has not stored yet. They are kept until it has.", "short", line(`stoa_agent_unacked{N}`, "{{instance}}")),
		}},
		{"The agents themselves", []panel{
			graph("Memory", "Resident memory of each agent, without what it runs.", "bytes", line(`process_resident_memory_bytes{N}`, "{{instance}}")),
			graph("CPU", "Cores that each agent keeps busy, without what it runs.", "short", line(`rate(process_cpu_seconds_total{N}[$__rate_interval])`, "{{instance}}")),
			graph("Open files", "Descriptors of each agent, beside how many it may have.", "percentunit", line(`process_open_fds{N} / process_max_fds{N}`, "{{instance}}")),
		}},
	}}
}

func sandboxes() board {
	return board{name: "sandbox", title: "Sandbox and pools", agents: true, about: "What stands ready before a run comes, and what runs did. From the agents, which need --metrics-listen.", rows: []row{
		{"Ready ahead", []panel{
			stacked("What was ready", "Programs by what was ready for them: a process in its sandbox (ready), a warmed interpreter to fork (forked), nothing (fresh). Fresh ones cost the interpreter's start.", "ops",
				line(`sum by (how) (rate(stoa_agent_sandbox_starts_total{N}[$__rate_interval]))`, "{{how}}")),
			graph("Share that found something ready", "Of all programs. Compiled languages and class fresh never do.", "percentunit",
				line(`sum(rate(stoa_agent_sandbox_starts_total{N,how=~"ready|forked"}[$__rate_interval])) / sum(rate(stoa_agent_sandbox_starts_total{N}[$__rate_interval]))`, "ready or forked"),
				line(`sum(rate(stoa_agent_sandbox_starts_total{N,how="ready"}[$__rate_interval])) / sum(rate(stoa_agent_sandbox_starts_total{N}[$__rate_interval]))`, "ready")),
			stacked("Waiting ready", "Empty sandboxes, warmed interpreters, and processes in their sandbox. They follow demand, down to nothing.", "short", line(`sum by (what) (stoa_agent_sandbox_parked{N})`, "{{what}}")),
			graph("What that takes", "About what the warmed ones take of each host's memory.", "bytes", line(`stoa_agent_sandbox_warm_bytes{N}`, "{{instance}}")),
		}},
		{"Runs", []panel{
			stacked("By class", "Executions that ended, by isolation class.", "ops", line(`sum by (class) (rate(stoa_agent_executions_total{N}[$__rate_interval]))`, "{{class}}")),
			stacked("By outcome", "How they ended. Error is ours.", "ops", line(`sum by (outcome) (rate(stoa_agent_executions_total{N}[$__rate_interval]))`, "{{outcome}}")),
			graph("Errors by node", "Executions that ended as error. One node alone is a sick machine.", "ops", line(`sum by (instance) (rate(stoa_agent_executions_total{N,outcome="error"}[$__rate_interval]))`, "{{instance}}")),
			graph("CPU of one run", "Mean CPU time of an execution.", "s", line(`sum(rate(stoa_agent_execution_cpu_seconds_total{N}[$__rate_interval])) / sum(rate(stoa_agent_executions_total{N}[$__rate_interval]))`, "mean")),
		}},
		{"Images", []panel{
			stacked("Images", "Container images that nodes are to have, by how far they are.", "short", line(`sum by (state) (stoa_agent_images{N})`, "{{state}}")),
			graph("Images that could not be had", "By node; the Nodes page says why.", "short", line(`stoa_agent_images{N,state="failed"}`, "{{instance}}")),
			graph("On disk", "What unpacked images take on each node.", "bytes", line(`stoa_agent_image_bytes{N}`, "{{instance}}")),
		}},
		{"Network", []panel{
			graph("Connections", "Connections of executions that may have some, and what they were refused. Counted when they end.", "ops",
				line(`sum(rate(stoa_agent_egress_connections_total{N}[$__rate_interval]))`, "made"), line(`sum(rate(stoa_agent_egress_refused_total{N}[$__rate_interval]))`, "refused")),
			graph("Bytes", "What executions sent and received.", "Bps", line(`sum by (direction) (rate(stoa_agent_egress_bytes_total{N}[$__rate_interval]))`, "{{direction}}")),
			graph("Refused by node", "Connections and names that executions were refused.", "ops", line(`rate(stoa_agent_egress_refused_total{N}[$__rate_interval])`, "{{instance}}")),
		}},
	}}
}
