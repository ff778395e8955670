package limit

const (
	kib = 1 << 10
	mib = 1 << 20
	gib = 1 << 30

	second = 1000 // ms
	minute = 60 * second
	hour   = 60 * minute
)

// Defaults is every setting and limit that Stoa has, in one place to read.
func Defaults() []Definition {
	return []Definition{
		{Name: "execution.timeout.default_ms", Kind: Setting, Unit: "ms", Default: 30 * second, Min: 1, Max: 24 * hour, Help: "Wall time of an execution that asks for none."},
		{Name: "execution.timeout.max_ms", Kind: Limit, Unit: "ms", Default: 300 * second, Min: 1, Max: 24 * hour, Help: "Most wall time of one execution."},
		{Name: "execution.cpu.max_ms", Kind: Limit, Unit: "ms", Default: 300 * second, Min: 1, Max: 24 * hour, Help: "Most CPU time of one execution, its whole process tree counted."},
		{Name: "execution.memory.default_bytes", Kind: Setting, Unit: "bytes", Default: 128 * mib, Min: 4 * mib, Max: 1024 * gib, Help: "Memory of an execution that asks for none."},
		{Name: "execution.memory.max_bytes", Kind: Limit, Unit: "bytes", Default: 512 * mib, Min: 4 * mib, Max: 1024 * gib, Help: "Most memory of one execution."},
		{Name: "execution.source.max_chars", Kind: Limit, Unit: "characters", Default: 50_000, Min: 1, Max: 1_000_000, Help: "Longest source of one execution."},
		{Name: "execution.output.max_bytes", Kind: Limit, Unit: "bytes", Default: mib, Min: kib, Max: 64 * mib, Help: "Most output that is kept, stdout and stderr each."},
		{Name: "execution.processes.max", Kind: Limit, Unit: "processes", Default: 64, Min: 1, Max: 4096, Help: "Most processes and threads of one execution at once."},
		{Name: "execution.disk.max_bytes", Kind: Limit, Unit: "bytes", Default: 64 * mib, Min: mib, Max: 64 * gib, Help: "Most that one execution may write to its private disk."},
		{Name: "execution.input.max_bytes", Kind: Limit, Unit: "bytes", Default: 256 * mib, Min: 8 * mib, Max: 64 * gib, Help: "Most that one execution's files and standard input may have together; its disk and memory must hold them too."},
		{Name: "execution.artefacts.max_bytes", Kind: Limit, Unit: "bytes", Default: 8 * mib, Min: 0, Max: 32 * mib, Help: "Most that one execution's artefacts may have together."},
		{Name: "execution.artefacts.max_count", Kind: Limit, Unit: "files", Default: 100, Min: 0, Max: 1000, Help: "Most artefacts of one execution."},
		{Name: "execution.concurrent", Kind: Limit, Unit: "executions", Default: 10, Min: 0, Max: 100_000, Help: "Most executions of one user under way at once."},
		{Name: "execution.project.concurrent", Kind: Limit, Unit: "executions", Default: 100_000, Min: 0, Max: 100_000, Help: "Most executions of one project under way at once, all its people together; 100000: as many as there is room for."},
		{Name: "execution.organization.concurrent", Kind: Limit, Unit: "executions", Default: 100_000, Min: 0, Max: 100_000, Help: "Most executions of one organization under way at once, all its projects together; 100000: as many as there is room for."},
		{Name: "execution.queue.per_user", Kind: Limit, Unit: "executions", Default: 100, Min: 0, Max: 100_000, Help: "Most executions of one user that wait."},
		{Name: "execution.queue.total", Kind: Limit, Unit: "executions", Default: 10_000, Min: 0, Max: 10_000_000, GlobalOnly: true, Help: "Most executions that wait, all users together."},
		{Name: "execution.priority.max", Kind: Limit, Words: []string{"critical", "high", "normal", "low", "background"}, Help: "Most urgent priority that may be asked for, or given to an execution that waits. Operators may give any."},
		{Name: "execution.retention_hours", Kind: Setting, Unit: "hours", Default: 0, Min: 0, Max: 10 * 366 * 24, Help: "How long a project's executions stay after their end, with what they wrote and left; 0: until somebody deletes them."},
		{Name: "execution.batch.max", Kind: Limit, Unit: "executions", Default: 100, Min: 1, Max: 1000, Help: "Most executions of one batch."},
		{Name: "execution.egress.allowed", Kind: Limit, Unit: "destinations", Destinations: true, Help: "What executions may connect to: names, addresses (CIDR), each with or without a port, * for every public place, or none."},
		{Name: "execution.egress.private", Kind: Setting, Unit: "0 or 1", Default: 0, Min: 0, Max: 1, OperatorOnly: true, Help: "Whether executions may connect to private addresses that execution.egress.allowed lists as such."},
		{Name: "execution.interactive.idle_ms", Kind: Limit, Unit: "ms", Default: 300 * second, Min: 100, Max: 24 * hour, Help: "How long an interactive execution may go on while nothing is written to it and it writes nothing."},
		{Name: "execution.recording.max_bytes", Kind: Limit, Unit: "bytes", Default: 4 * mib, Min: 0, Max: 32 * mib, Help: "Most that is kept of the recording of an interactive execution; 0 refuses recordings."},
		{Name: "execution.class.default", Kind: Setting, Words: []string{"auto", "process", "fresh", "gvisor"}, Help: "Isolation class of an execution that asks for none: the weakest that will do, or auto, the strongest that starts within execution.class.start_ms."},
		{Name: "execution.class.start_ms", Kind: Setting, Unit: "ms", Default: 5, Min: 0, Max: minute, Help: "How much start latency the automatic choice of an isolation class may cost."},
		{Name: "execution.class.process.allowed", Kind: Limit, Unit: "0 or 1", Default: 1, Min: 0, Max: 1, Help: "Whether executions may run in isolation class process."},
		{Name: "execution.class.fresh.allowed", Kind: Limit, Unit: "0 or 1", Default: 1, Min: 0, Max: 1, Help: "Whether executions may run in isolation class fresh."},
		{Name: "execution.class.gvisor.allowed", Kind: Limit, Unit: "0 or 1", Default: 1, Min: 0, Max: 1, Help: "Whether executions may run in isolation class gvisor."},

		{Name: "script.max", Kind: Limit, Unit: "scripts", Default: 1000, Min: 0, Max: 1_000_000, Help: "Most saved scripts of one project."},
		{Name: "script.versions.max", Kind: Limit, Unit: "versions", Default: 1000, Min: 1, Max: 1_000_000, Help: "Most versions of one saved script."},

		{Name: "file.max_bytes", Kind: Limit, Unit: "bytes", Default: 64 * mib, Min: 0, Max: gib, Help: "Largest file that may be uploaded."},
		{Name: "file.project.max_bytes", Kind: Limit, Unit: "bytes", Default: 256 * mib, Min: 0, Max: 1024 * gib, Help: "Most that the uploaded files of one project may have together."},
		{Name: "file.retention_hours", Kind: Setting, Unit: "hours", Default: 0, Min: 0, Max: 10 * 366 * 24, Help: "How long a project's uploaded files stay after their last upload; 0: until somebody deletes them."},

		{Name: "judge0.callback.retry.longest_ms", Kind: Setting, Unit: "ms", Default: 15 * hour, Min: 100, Max: 15 * hour, OperatorOnly: true, Help: "Longest pause before a callback of Judge0's API that did not arrive is made again: eight attempts in a day by default, sooner over when this is shorter."},

		{Name: "notification.per_hour", Kind: Setting, Unit: "notifications", Default: 5, Min: 1, Max: 10_000, Help: "How many notifications of one severity a user gets within an hour; the rest becomes one digest."},
		{Name: "notification.retry.longest_ms", Kind: Setting, Unit: "ms", Default: 24 * hour, Min: 100, Max: 24 * hour, OperatorOnly: true, Help: "Longest pause before a notification that did not arrive is sent again: twelve attempts in three days by default, sooner over when this is shorter."},
		{Name: "notification.subscriptions.max", Kind: Limit, Unit: "channels", Default: 20, Min: 0, Max: 1000, Help: "Most channels outside of the console that one user's notifications go to."},

		{Name: "identity.registration", Kind: Setting, Words: []string{"closed", "invited", "open"}, GlobalOnly: true, OperatorOnly: true, Help: "Who may register: nobody, who was invited, or everybody."},
		{Name: "identity.password.min_length", Kind: Setting, Unit: "characters", Default: 10, Min: 8, Max: 64, GlobalOnly: true, OperatorOnly: true, Help: "Shortest password."},
		{Name: "identity.lockout.failures", Kind: Setting, Unit: "failures", Default: 5, Min: 1, Max: 100, GlobalOnly: true, OperatorOnly: true, Help: "Failed sign-ins before an address is locked."},
		{Name: "identity.lockout.minutes", Kind: Setting, Unit: "minutes", Default: 15, Min: 1, Max: 24 * 60, GlobalOnly: true, OperatorOnly: true, Help: "How long an address stays locked."},
		{Name: "identity.session.hours", Kind: Setting, Unit: "hours", Default: 7 * 24, Min: 1, Max: 90 * 24, GlobalOnly: true, OperatorOnly: true, Help: "How long a browser stays signed in."},

		{Name: "identity.second_factor.required", Kind: Setting, Words: []string{"none", "operators", "all"}, GlobalOnly: true, OperatorOnly: true, Help: "Who must have a second factor: without one they sign in only to enrol it."},
		{Name: "identity.passkeys.max", Kind: Setting, Unit: "passkeys", Default: 20, Min: 0, Max: 1000, GlobalOnly: true, OperatorOnly: true, Help: "Most passkeys of one person."},

		{Name: "sink.per_organization", Kind: Limit, Unit: "sinks", Default: 3, Min: 0, Max: 1000, Help: "Most sinks of one organization: other systems that get its events."},
		{Name: "sink.failing.notice_ms", Kind: Setting, Unit: "ms", Default: 10 * minute, Min: second, Max: 7 * 24 * hour, Help: "How long a sink fails before who looks after it is told, once for each outage."},
		{Name: "replay.per_organization", Kind: Limit, Unit: "replays", Default: 10, Min: 0, Max: 1000, Help: "Most replays of one organization that are kept; one that has ended is kept for 30 days, or until it is deleted."},
		{Name: "events.dead_letters.warning", Kind: Setting, Unit: "events", Default: 100, Min: 1, Max: 1_000_000, GlobalOnly: true, OperatorOnly: true, Help: "Open dead letters from which on the level is warning."},
		{Name: "events.dead_letters.critical", Kind: Setting, Unit: "events", Default: 1000, Min: 1, Max: 1_000_000, GlobalOnly: true, OperatorOnly: true, Help: "Open dead letters from which on the level is critical."},

		{Name: "telemetry.log_level", Kind: Setting, Words: []string{"configured", "debug", "info", "warn", "error"}, GlobalOnly: true, OperatorOnly: true, Help: "From which level on the control plane logs; configured: as it was started (--log-level). It holds within seconds."},
		{Name: "telemetry.traces_percent", Kind: Setting, Unit: "percent", Default: 100, Min: 0, Max: 100, GlobalOnly: true, OperatorOnly: true, Help: "Share of the traces that is exported, where an endpoint is configured (--otlp-endpoint)."},

		rate("execute", 10, "Submitted executions"),
		rate("auth", 20, "Sign-ins, registrations and the like"),
		rate("api", 60, "Other requests"),
		rate("admin", 100, "Administrative changes"),
		rate("stream", 30, "Event streams opened"),
		burst("execute", 150),
		burst("auth", 100),
		burst("api", 200),
		burst("admin", 200),
		burst("stream", 100),
		{Name: "rate.anonymous_percent", Kind: Setting, Unit: "percent", Default: 50, Min: 1, Max: 100, GlobalOnly: true, OperatorOnly: true, Help: "Share of each rate that an address gets without signing in."},
		{Name: "rate.multiplier_percent", Kind: Setting, Unit: "percent", Default: 100, Min: 1, Max: 1_000_000, OperatorOnly: true, Help: "Multiplies every request rate."},
		{Name: "rate.bypass", Kind: Setting, Unit: "0 or 1", Default: 0, Min: 0, Max: 1, OperatorOnly: true, Help: "1 lifts every request rate."},
	}
}

func rate(group string, requests int64, what string) Definition {
	return Definition{
		Name: "rate." + group, Kind: Setting, Unit: "requests/minute", Default: requests, Min: 1, Max: 10_000_000,
		OperatorOnly: true, Help: what + " per minute and user.",
	}
}

func burst(group string, percent int64) Definition {
	return Definition{
		Name: "rate." + group + ".burst_percent", Kind: Setting, Unit: "percent", Default: percent, Min: 1, Max: 10_000,
		OperatorOnly: true, Help: "How much of a minute's requests may come at once.",
	}
}
