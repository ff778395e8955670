package main

// failedShare is the share of requests that a set of status codes answers.
const failedShare = `sum(rate(http_server_request_duration_seconds_count{J,http_response_status_code=~"5.."}[$__rate_interval])) / sum(rate(http_server_request_duration_seconds_count{J}[$__rate_interval]))`

func overview() board {
	return board{name: "overview", title: "Overview", about: "How the installation fares, on one screen: look here first, then at the dashboard of what is red.", rows: []row{
		{"Now", []panel{
			number("Control planes", "Processes of the control plane that Prometheus reaches.", "short", `sum(up{J})`, step{0, "red"}, step{1, "green"}),
			number("Runs", "Executions that ended, each second.", "ops", `sum(rate(stoa_executions_ended_total{J}[$__rate_interval]))`),
			number("Waiting", "Executions that wait for a node.", "short", `sum(max by (priority) (stoa_executions_queued{J}))`, worse(100, 1000)...),
			number("Longest wait", "How long the first of them has waited.", "s", `max(stoa_executions_queued_oldest_seconds{J})`, worse(60, 300)...),
			number("Slots in use", "Executions under way beside what the nodes that take work may run at once.", "percentunit", `max(stoa_executions_active{J}) / max(stoa_node_slots{J})`, worse(0.8, 0.95)...),
			number("Nodes offline", "Nodes whose agent is not heard.", "short", `max(stoa_nodes{J,status="offline"})`, bad(1)...),
		}},
		{"Now, behind the scenes", []panel{
			number("Requests", "Requests answered, each second.", "reqps", `sum(rate(http_server_request_duration_seconds_count{J}[$__rate_interval]))`),
			number("Requests that failed", "Share of requests that Stoa could not answer (5xx).", "percentunit", failedShare, worse(0.001, 0.01)...),
			number("Runs that we failed", "Share of executions that ended as error: ours, not the program's.", "percentunit", `sum(rate(stoa_executions_ended_total{J,status="error"}[$__rate_interval])) / sum(rate(stoa_executions_ended_total{J}[$__rate_interval]))`, worse(0.001, 0.01)...),
			number("Oldest event without a position", "How long the first committed event has waited for the sequencer.", "s", `max(stoa_eventlog_unsequenced_oldest_seconds{J})`, worse(5, 60)...),
			number("Dead letters", "Events that a consumer gave up on, until somebody decides.", "short", `sum(max by (consumer) (stoa_eventlog_deliveries{J,status="dead"}))`, worse(1, 100)...),
			number("Sinks that fail", "Other systems that do not take events at the moment.", "short", `sum(max by (state) (stoa_sinks{J,state="failing"}))`, bad(1)...),
		}},
		{"Runs", []panel{
			stacked("Ends", "Executions that ended, by status. Error is ours, failed and timed_out are the programs'.", "ops", line(`sum by (status) (rate(stoa_executions_ended_total{J}[$__rate_interval]))`, "{{status}}")),
			graph("Wait", "From submit until a node got it.", "s", latency(`stoa_execution_wait_seconds_bucket{J}`)...),
		}},
		{"Control plane", []panel{
			graph("Commands and queries", "Time that commands and queries took. Requests are more: some wait for a program's end, and streams last as long as they are wanted.", "s", latency(`command_duration_seconds_bucket{J}`)...),
			stacked("Requests", "Requests by what they were answered with.", "reqps", line(`sum by (http_response_status_code) (rate(http_server_request_duration_seconds_count{J}[$__rate_interval]))`, "{{http_response_status_code}}")),
		}},
		{"What runs", []panel{
			list("Versions", "Each control plane with its version. During an upgrade there are two.", `max by (instance, version, revision, goversion) (stoa_build_info{J})`).wide(16),
			graph("Memory", "Resident memory of each control plane, without its PostgreSQL.", "bytes", line(`process_resident_memory_bytes{J}`, "{{instance}}")).wide(8),
		}},
	}}
}
