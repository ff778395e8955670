package main

// mean is the average time of a command that succeeded.
func mean(name, legend string) query {
	const took, times = `command_duration_seconds_sum`, `command_duration_seconds_count`
	selector := `{J,name="` + name + `",outcome="ok"}[$__rate_interval]`
	return line(`sum(rate(`+took+selector+`)) / sum(rate(`+times+selector+`))`, legend)
}

func runs() board {
	return board{name: "runs", title: "Run path", about: "Where a run's time goes, hop by hop, and how runs end.", rows: []row{
		{"Now", []panel{
			number("Submitted", "Executions submitted, each second.", "ops", `sum(rate(command_duration_seconds_count{J,name="execution.submit",outcome="ok"}[$__rate_interval]))`),
			number("Ended", "Executions that ended, each second.", "ops", `sum(rate(stoa_executions_ended_total{J}[$__rate_interval]))`),
			number("Under way", "Executions that are scheduled or running.", "short", `max(stoa_executions_active{J})`),
			number("Errors of ours", "Executions that ended as error, each second.", "ops", `sum(rate(stoa_executions_ended_total{J,status="error"}[$__rate_interval]))`, bad(0.001)...),
		}},
		{"Hop by hop", []panel{
			stacked("Where the time goes", "Mean time of each hop of a run: its submit's commit, the wait for a node, the program itself, its result's commit.", "s",
				mean("execution.submit", "submit"),
				line(`sum(rate(stoa_execution_wait_seconds_sum{J}[$__rate_interval])) / sum(rate(stoa_execution_wait_seconds_count{J}[$__rate_interval]))`, "wait for a node"),
				line(`sum(rate(stoa_execution_wall_seconds_sum{J}[$__rate_interval])) / sum(rate(stoa_execution_wall_seconds_count{J}[$__rate_interval]))`, "program"),
				mean("execution.end", "result")),
			graph("Submit", "Time of the command that submits, its commit included.", "s", latency(`command_duration_seconds_bucket{J,name="execution.submit",outcome="ok"}`)...),
			graph("Result", "Time of the command that stores a result, its commit included.", "s", latency(`command_duration_seconds_bucket{J,name="execution.end",outcome="ok"}`)...),
		}},
		{"", []panel{
			graph("Wait for a node", "From submit until a node got it. A run that is claimed as it is submitted waits for nothing.", "s", latency(`stoa_execution_wait_seconds_bucket{J}`)...),
			graph("Programs", "How long programs ran.", "s", latency(`stoa_execution_wall_seconds_bucket{J}`)...),
			heat("Programs, spread", "How many programs ran how long.", `sum by (le) (increase(stoa_execution_wall_seconds_bucket{J}[$__rate_interval]))`),
		}},
		{"Ends", []panel{
			stacked("By status", "Error is ours, failed and timed_out are the programs'.", "ops", line(`sum by (status) (rate(stoa_executions_ended_total{J}[$__rate_interval]))`, "{{status}}")),
			stacked("By reason", "Why those that did not complete ended; a reason with _limit names the limit that was hit.", "ops", line(`sum by (reason) (rate(stoa_executions_ended_total{J,status!="completed"}[$__rate_interval]))`, "{{reason}}")),
			graph("Errors of ours", "Executions that ended as error, by reason: node_lost, sandbox_error, deadline_passed and others.", "ops", line(`sum by (reason) (rate(stoa_executions_ended_total{J,status="error"}[$__rate_interval]))`, "{{reason}}")),
		}},
		{"Once more", []panel{
			graph("Put back, expired, cancelled", "What happens to executions besides running: put back into the queue after their node was lost, ended because they waited too long, cancelled, tried again by people.", "ops",
				line(`sum by (name) (rate(command_duration_seconds_count{J,name=~"execution.requeue|execution.expire|execution.cancel|execution.retry",outcome="ok"}[$__rate_interval]))`, "{{name}}")),
			graph("Refused", "Submits that were refused, by what was wrong.", "ops", line(`sum by (outcome) (rate(command_duration_seconds_count{J,name="execution.submit",outcome!="ok"}[$__rate_interval]))`, "{{outcome}}")),
		}},
	}}
}

func queue() board {
	return board{name: "queue", title: "Queue and fairness", about: "Who waits, for how long, and what takes them out of the queue.", rows: []row{
		{"Now", []panel{
			number("Waiting", "Executions that wait for a node.", "short", `sum(max by (priority) (stoa_executions_queued{J}))`, worse(100, 1000)...),
			number("Longest wait", "How long the first of them has waited.", "s", `max(stoa_executions_queued_oldest_seconds{J})`, worse(60, 300)...),
			number("Free slots", "What the nodes that take work could start at once.", "short", `clamp_min(max(stoa_node_slots{J}) - max(stoa_executions_active{J}), 0)`, step{0, "red"}, step{1, "green"}),
			number("Ended in the queue", "Executions that waited too long and were ended, in the last hour.", "short", `sum(increase(stoa_executions_ended_total{J,reason="queue_timeout"}[1h]))`, bad(1)...),
		}},
		{"Waiting", []panel{
			stacked("By priority", "Executions that wait for a node.", "short", line(`max by (priority) (stoa_executions_queued{J})`, "{{priority}}")),
			graph("Longest wait", "How long the first of them has waited. Within a priority nobody waits behind one who has more under way, so a steady rise means too few slots.", "s", line(`max(stoa_executions_queued_oldest_seconds{J})`, "first in the queue")),
			graph("Slots", "How many executions are under way, and how many could be.", "short", line(`max(stoa_executions_active{J})`, "under way"), line(`max(stoa_node_slots{J})`, "slots")),
		}},
		{"Fairness", []panel{
			graph("Wait", "From submit until a node got it. The median far below the last hundredth means that few wait long: somebody submits many at once, and waits behind themselves.", "s", latency(`stoa_execution_wait_seconds_bucket{J}`)...),
			heat("Wait, spread", "How many waited how long.", `sum by (le) (increase(stoa_execution_wait_seconds_bucket{J}[$__rate_interval]))`),
			graph("Did not wait a second", "Share of executions that a node got within a second.", "percentunit", line(`sum(rate(stoa_execution_wait_seconds_bucket{J,le="1"}[$__rate_interval])) / sum(rate(stoa_execution_wait_seconds_count{J}[$__rate_interval]))`, "within a second")),
		}},
		{"What moves it", []panel{
			graph("In and out", "Executions submitted, claimed for a node, put back, ended in the queue.", "ops",
				line(`sum by (name) (rate(command_duration_seconds_count{J,name=~"execution.submit|execution.claim|execution.requeue|execution.expire",outcome="ok"}[$__rate_interval]))`, "{{name}}")),
			graph("Claims", "Time that taking the next ones out of the queue takes.", "s", latency(`command_duration_seconds_bucket{J,name="execution.claim"}`)...),
			graph("Priorities changed", "Executions that people gave another priority.", "ops", line(`sum by (outcome) (rate(command_duration_seconds_count{J,name="execution.reprioritize"}[$__rate_interval]))`, "{{outcome}}")),
		}},
	}}
}
