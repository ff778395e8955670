package main

func events() board {
	return board{name: "events", title: "Event plane", about: "The log of what happened: the sequencer that orders it, and the consumers that read it.", rows: []row{
		{"Now", []panel{
			number("Events", "Events that got a position, each second.", "ops", `max(rate(stoa_eventlog_head{J}[$__rate_interval]))`),
			number("Without a position", "Committed events that the sequencer has not ordered yet.", "short", `max(stoa_eventlog_unsequenced{J})`, worse(1000, 10000)...),
			number("The oldest of them", "How long the first has waited. Above a few seconds no sequencer works.", "s", `max(stoa_eventlog_unsequenced_oldest_seconds{J})`, worse(5, 60)...),
			number("Furthest behind", "Positions between the head and the consumer that is furthest behind.", "short", `max(stoa_eventlog_consumer_lag{J})`, worse(1000, 10000)...),
			number("Set aside", "Events that a consumer could not handle at once.", "short", `sum(max by (consumer, status) (stoa_eventlog_deliveries{J}))`, worse(10, 100)...),
		}},
		{"The log", []panel{
			graph("Events", "Events that got a position.", "ops", line(`max(rate(stoa_eventlog_head{J}[$__rate_interval]))`, "events")),
			graph("Without a position", "Committed events that the sequencer has not ordered yet.", "short", line(`max(stoa_eventlog_unsequenced{J})`, "events")),
			graph("The oldest of them", "How long the first has waited.", "s", line(`max(stoa_eventlog_unsequenced_oldest_seconds{J})`, "oldest")),
		}},
		{"Consumers", []panel{
			graph("Behind", "Positions between each consumer and the head.", "short", line(`max by (consumer) (stoa_eventlog_consumer_lag{J})`, "{{consumer}}")),
			graph("Handled", "Events that each consumer handled.", "ops", line(`sum by (consumer) (rate(stoa_eventlog_consumed_total{J,outcome="handled"}[$__rate_interval]))`, "{{consumer}}")),
			graph("Failed", "Events that a consumer failed on, and those that it gave up.", "ops", line(`sum by (consumer, outcome) (rate(stoa_eventlog_consumed_total{J,outcome=~"failed|dead"}[$__rate_interval]))`, "{{consumer}} {{outcome}}")),
		}},
		{"Who reads along", []panel{
			graph("Streams opened", "Streams of events that browsers and programs opened, and what they were refused.", "ops", line(`sum by (outcome) (rate(command_duration_seconds_count{J,name="event.stream"}[$__rate_interval]))`, "{{outcome}}")),
			graph("Lists and exports", "Queries of the log.", "ops", line(`sum by (name) (rate(command_duration_seconds_count{J,name=~"event.list|event.get|event.statistics|event.export"}[$__rate_interval]))`, "{{name}}")),
			graph("Their time", "How long these queries take, 95 of 100.", "s", line(`histogram_quantile(0.95, sum by (le, name) (rate(command_duration_seconds_bucket{J,name=~"event.list|event.get|event.statistics|event.export"}[$__rate_interval])))`, "{{name}}")),
		}},
	}}
}

func deadLetters() board {
	return board{name: "dead-letters", title: "Dead letters and replays", about: "What consumers could not handle, what was decided about it, and what is given once more.", rows: []row{
		{"Now", []panel{
			number("Level", "0 ok, 1 warning, 2 critical, by the settings events.dead_letters.warning and .critical.", "short", `max(stoa_eventlog_dead_letters_level{J})`, worse(1, 2)...),
			number("Dead", "Events that a consumer gave up on, until somebody decides.", "short", `sum(max by (consumer) (stoa_eventlog_deliveries{J,status="dead"}))`, worse(1, 100)...),
			number("Tried again", "Events that failed and are tried again by themselves.", "short", `sum(max by (consumer) (stoa_eventlog_deliveries{J,status="retrying"}))`, worse(10, 100)...),
			number("Behind them", "Events that wait behind another one about the same thing.", "short", `sum(max by (consumer) (stoa_eventlog_deliveries{J,status="waiting"}))`, worse(10, 100)...),
		}},
		{"Dead letters", []panel{
			stacked("By consumer", "Events that each consumer gave up on.", "short", line(`max by (consumer) (stoa_eventlog_deliveries{J,status="dead"})`, "{{consumer}}")),
			stacked("Under way", "Events that are tried again, and those that wait behind them.", "short", line(`max by (consumer, status) (stoa_eventlog_deliveries{J,status!="dead"})`, "{{consumer}} {{status}}")),
			graph("Failures", "How often consumers fail, and give up.", "ops", line(`sum by (consumer, outcome) (rate(stoa_eventlog_consumed_total{J,outcome=~"failed|dead"}[$__rate_interval]))`, "{{consumer}} {{outcome}}")),
			graph("Decisions", "Batches that operators had tried again or discarded.", "short", line(`sum by (name) (increase(command_duration_seconds_count{J,name=~"dead_letter.retry|dead_letter.discard",outcome="ok"}[$__rate_interval]))`, "{{name}}")),
		}},
		{"Replays", []panel{
			graph("Begun and ended", "Replays that began, and that ended.", "short", line(`sum by (name) (increase(command_duration_seconds_count{J,name=~"replay.begin|replay.end",outcome="ok"}[$__rate_interval]))`, "{{name}}")),
			graph("What people did", "Replays that were made, started, paused, resumed, cancelled.", "short", line(`sum by (name) (increase(command_duration_seconds_count{J,name=~"replay.create|replay.start|replay.pause|replay.resume|replay.cancel",outcome="ok"}[$__rate_interval]))`, "{{name}}")),
			graph("Refused", "Replays that were refused, by what was wrong.", "short", line(`sum by (name, outcome) (increase(command_duration_seconds_count{J,name=~"replay.+",outcome!="ok"}[$__rate_interval]))`, "{{name}} {{outcome}}")),
		}},
	}}
}

func sinks() board {
	return board{name: "sinks", title: "Sinks", about: "Other systems that get events as they happen: NATS JetStream and Kafka.", rows: []row{
		{"Now", []panel{
			number("Sending", "Sinks that take what they are sent.", "short", `max(stoa_sinks{J,state="sending"})`),
			number("Failing", "Sinks that do not take events at the moment. They are tried again, and get everything when they are back.", "short", `max(stoa_sinks{J,state="failing"})`, bad(1)...),
			number("Paused", "Sinks that somebody paused, or that will never take an event.", "short", `max(stoa_sinks{J,state="paused"})`, worse(1, 1e9)...),
			number("Furthest behind", "Positions between the head and the sink that is furthest behind, of those that are sent to.", "short", `max(stoa_sink_lag{J,state!="paused"})`, worse(1000, 100000)...),
		}},
		{"How they fare", []panel{
			stacked("By state", "Sinks that are sending, failing or paused.", "short", line(`max by (state) (stoa_sinks{J})`, "{{state}}")),
			graph("Behind", "Positions between the head and the sink of each state that is furthest behind. A paused one falls behind as long as it is paused.", "short", line(`max by (state) (stoa_sink_lag{J})`, "{{state}}")),
			graph("Events to send", "Events that got a position; a sink that falls behind at this pace gets fewer.", "ops", line(`max(rate(stoa_eventlog_head{J}[$__rate_interval]))`, "events")),
		}},
		{"Who changed them", []panel{
			graph("Changes", "Sinks that people made, changed, paused, resumed and removed.", "short", line(`sum by (name) (increase(command_duration_seconds_count{J,name=~"sink.create|sink.update|sink.pause|sink.resume|sink.delete",outcome="ok"}[$__rate_interval]))`, "{{name}}")),
			graph("Paused by Stoa", "Sinks that Stoa paused because the other system will never take an event, such as a schema that its registry refuses.", "short", line(`sum(increase(command_duration_seconds_count{J,name="sink.halt",outcome="ok"}[$__rate_interval]))`, "paused")),
		}},
	}}
}

func notifications() board {
	return board{name: "notifications", title: "Notifications", about: "What people and their systems are told, and whether it arrives.", rows: []row{
		{"Now", []panel{
			number("Arrived", "Notifications that a channel took, each second.", "ops", `sum(rate(stoa_notification_attempts_total{J,outcome="arrived"}[$__rate_interval]))`),
			number("Could not be sent", "Share of attempts that failed. They are tried again, for days.", "percentunit", `sum(rate(stoa_notification_attempts_total{J,outcome="failed"}[$__rate_interval])) / sum(rate(stoa_notification_attempts_total{J}[$__rate_interval]))`, worse(0.1, 0.5)...),
			number("Events not seen yet", "Positions between the part that tells people and the head.", "short", `max(stoa_eventlog_consumer_lag{J,consumer="notifications"})`, worse(100, 1000)...),
			number("Callbacks that failed", "Share of the callbacks of Judge0's API that failed.", "percentunit", `sum(rate(stoa_judge0_callback_attempts_total{J,outcome="failed"}[$__rate_interval])) / sum(rate(stoa_judge0_callback_attempts_total{J}[$__rate_interval]))`, worse(0.1, 0.5)...),
		}},
		{"By channel", []panel{
			stacked("Arrived", "Notifications that each kind of channel took.", "ops", line(`sum by (channel) (rate(stoa_notification_attempts_total{J,outcome="arrived"}[$__rate_interval]))`, "{{channel}}")),
			stacked("Could not be sent", "Attempts that failed.", "ops", line(`sum by (channel) (rate(stoa_notification_attempts_total{J,outcome="failed"}[$__rate_interval]))`, "{{channel}}")),
			graph("Callbacks", "Callbacks of Judge0's API.", "ops", line(`sum by (outcome) (rate(stoa_judge0_callback_attempts_total{J}[$__rate_interval]))`, "{{outcome}}")),
		}},
		{"What people do with them", []panel{
			graph("Channels", "Channels that people made, changed and removed.", "short", line(`sum by (name) (increase(command_duration_seconds_count{J,name=~"notification.subscribe|notification.change_subscription|notification.unsubscribe|notification.rotate_secret",outcome="ok"}[$__rate_interval]))`, "{{name}}")),
			graph("Sent again by hand", "Deliveries that people had sent again.", "short", line(`sum by (name) (increase(command_duration_seconds_count{J,name=~"notification.redeliver|judge0.redeliver"}[$__rate_interval]))`, "{{name}}")),
			graph("Alerts in", "Alerts that Grafana handed over.", "short", line(`sum by (outcome) (increase(command_duration_seconds_count{J,name="alert.receive"}[$__rate_interval]))`, "{{outcome}}")),
		}},
	}}
}
