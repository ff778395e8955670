package main

func limits() board {
	return board{name: "limits", title: "Limits and refusals", about: "Which limits programs hit, and what people were refused. A refusal names the limit, its value and whose it is; who it was stands in the audit trail.", rows: []row{
		{"Now", []panel{
			number("Refused by a limit", "Commands and queries that a limit, quota or rate refused, each second.", "ops", `sum(rate(command_duration_seconds_count{J,outcome="limited"}[$__rate_interval]))`),
			number("Too many requests", "Requests that the request rates refused (429), each second.", "reqps", `sum(rate(http_server_request_duration_seconds_count{J,http_response_status_code="429"}[$__rate_interval]))`),
			number("Not allowed", "Commands and queries that the caller's role does not allow, each second.", "ops", `sum(rate(command_duration_seconds_count{J,outcome="denied"}[$__rate_interval]))`),
			number("Not signed in", "Requests with no credential, or one that does not hold, each second.", "reqps", `sum(rate(http_server_request_duration_seconds_count{J,http_response_status_code="401"}[$__rate_interval]))`),
		}},
		{"Limits that programs hit", []panel{
			stacked("By limit", "Executions that a limit of their own ended: memory, processes, disk, output, time.", "ops", line(`sum by (reason) (rate(stoa_executions_ended_total{J,reason=~".+_limit"}[$__rate_interval]))`, "{{reason}}")),
			graph("Share of all runs", "Of the executions that ended.", "percentunit",
				line(`sum by (reason) (rate(stoa_executions_ended_total{J,reason=~".+_limit"}[$__rate_interval])) / scalar(sum(rate(stoa_executions_ended_total{J}[$__rate_interval])))`, "{{reason}}")),
			graph("Waited too long", "Executions that were ended in the queue.", "ops", line(`sum(rate(stoa_executions_ended_total{J,reason="queue_timeout"}[$__rate_interval]))`, "queue_timeout")),
		}},
		{"What people were refused", []panel{
			stacked("By limits", "Commands and queries that a limit, quota or rate refused.", "ops", line(`topk(10, sum by (name) (rate(command_duration_seconds_count{J,outcome="limited"}[$__rate_interval])))`, "{{name}}")),
			stacked("By request rates", "Requests answered with 429, by route.", "reqps", line(`topk(10, sum by (http_route) (rate(http_server_request_duration_seconds_count{J,http_response_status_code="429"}[$__rate_interval])))`, "{{http_route}}")),
			graph("By kind", "All refusals: conflict is a state that does not admit it, invalid a request that is wrong, denied a role that is too small, not_found what is not there or not theirs to see.", "ops",
				line(`sum by (outcome) (rate(command_duration_seconds_count{J,outcome!~"ok|internal"}[$__rate_interval]))`, "{{outcome}}")),
		}},
		{"By role", []panel{
			graph("Not allowed", "What was tried without the role for it. A rise with one name is somebody who tries doors.", "ops", line(`topk(10, sum by (name) (rate(command_duration_seconds_count{J,outcome="denied"}[$__rate_interval])))`, "{{name}}")),
			graph("Not there", "What was asked for and is not there, or not theirs to see.", "ops", line(`topk(10, sum by (name) (rate(command_duration_seconds_count{J,outcome="not_found"}[$__rate_interval])))`, "{{name}}")),
			graph("Limits changed", "Settings and limits that somebody set or cleared.", "ops", line(`sum by (name, outcome) (rate(command_duration_seconds_count{J,name=~"limit.set|limit.clear"}[$__rate_interval]))`, "{{name}} {{outcome}}")),
		}},
	}}
}
