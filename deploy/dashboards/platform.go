package main

func api() board {
	return board{name: "api", title: "API by operation", about: "Requests, and the commands and queries behind them. Streams and requests that wait for a program's end last as long as they are wanted; the commands say how fast Stoa is.", rows: []row{
		{"Now", []panel{
			number("Requests", "Requests answered, each second.", "reqps", `sum(rate(http_server_request_duration_seconds_count{J}[$__rate_interval]))`),
			number("Failed", "Share of requests that Stoa could not answer (5xx).", "percentunit", failedShare, worse(0.001, 0.01)...),
			number("Commands that failed", "Commands and queries with an error that is ours, each second.", "ops", `sum(rate(command_duration_seconds_count{J,outcome="internal"}[$__rate_interval]))`, bad(0.001)...),
			number("Slowest of a hundred", "99 of 100 commands and queries are faster.", "s", `histogram_quantile(0.99, sum by (le) (rate(command_duration_seconds_bucket{J}[$__rate_interval])))`, worse(0.25, 1)...),
		}},
		{"Requests", []panel{
			stacked("By status", "Requests by what they were answered with.", "reqps", line(`sum by (http_response_status_code) (rate(http_server_request_duration_seconds_count{J}[$__rate_interval]))`, "{{http_response_status_code}}")),
			graph("By route", "The fifteen most frequent.", "reqps", line(`topk(15, sum by (http_request_method, http_route) (rate(http_server_request_duration_seconds_count{J}[$__rate_interval])))`, "{{http_request_method}} {{http_route}}")),
			graph("Failed", "Requests that were answered with 5xx, by route.", "reqps", line(`sum by (http_request_method, http_route) (rate(http_server_request_duration_seconds_count{J,http_response_status_code=~"5.."}[$__rate_interval]))`, "{{http_request_method}} {{http_route}}")),
		}},
		{"", []panel{
			graph("Time", "Without streams. A request that waits for a program's end is in it.", "s", latency(`http_server_request_duration_seconds_bucket{J,http_route!~".*/(stream|attach|events)"}`)...),
			graph("Slowest routes", "95 of 100 requests of the route are faster; the ten slowest.", "s",
				line(`topk(10, histogram_quantile(0.95, sum by (le, http_request_method, http_route) (rate(http_server_request_duration_seconds_bucket{J,http_route!~".*/(stream|attach|events)"}[$__rate_interval]))))`, "{{http_request_method}} {{http_route}}")),
			heat("Time, spread", "How many requests took how long.", `sum by (le) (increase(http_server_request_duration_seconds_bucket{J,http_route!~".*/(stream|attach|events)"}[$__rate_interval]))`),
		}},
		{"Commands and queries", []panel{
			graph("Most frequent", "The fifteen most frequent.", "ops", line(`topk(15, sum by (name) (rate(command_duration_seconds_count{J}[$__rate_interval])))`, "{{name}}")),
			graph("Slowest", "95 of 100 are faster; the ten slowest.", "s", line(`topk(10, histogram_quantile(0.95, sum by (le, name) (rate(command_duration_seconds_bucket{J}[$__rate_interval]))))`, "{{name}}")),
			graph("What takes most time", "Seconds of work each second, the ten that take most.", "short", line(`topk(10, sum by (name) (rate(command_duration_seconds_sum{J}[$__rate_interval])))`, "{{name}}")),
		}},
		{"", []panel{
			graph("Errors of ours", "Commands and queries with an error that is ours; the log has it, with the correlation id.", "ops", line(`sum by (name) (rate(command_duration_seconds_count{J,outcome="internal"}[$__rate_interval]))`, "{{name}}")),
			graph("Not now", "Commands and queries that may succeed later: the database or a node could not be reached.", "ops", line(`sum by (name) (rate(command_duration_seconds_count{J,outcome="unavailable"}[$__rate_interval]))`, "{{name}}")),
			graph("Conflicts", "What the state did not admit, or another one changed meanwhile.", "ops", line(`topk(10, sum by (name) (rate(command_duration_seconds_count{J,outcome=~"conflict|mismatch"}[$__rate_interval])))`, "{{name}}")),
		}},
	}}
}

func database() board {
	return board{name: "database", title: "PostgreSQL and processes", about: "Connections to PostgreSQL as the control planes see them, what the database takes, and the control planes as processes.", rows: []row{
		{"Now", []panel{
			number("Connections in use", "Of those that the pools may have.", "percentunit", `sum(stoa_database_connections{J,state="used"}) / sum(stoa_database_connections_max{J})`, worse(0.8, 1)...),
			number("Had to wait", "Share of the times that a connection was wanted and none was free.", "percentunit", `sum(rate(stoa_database_waits_total{J}[$__rate_interval])) / sum(rate(stoa_database_acquires_total{J}[$__rate_interval]))`, worse(0.2, 0.5)...),
			number("Database", "What it takes on its server's disk.", "bytes", `max(stoa_database_bytes{J})`),
			number("Grows by", "Each day, as the last six hours go.", "bytes", `max(deriv(stoa_database_bytes{J}[6h])) * 86400`),
		}},
		{"Connections", []panel{
			stacked("Primary", "Connections of all control planes, by what they do.", "short", line(`sum by (state) (stoa_database_connections{J,pool="primary"})`, "{{state}}"), line(`sum(stoa_database_connections_max{J,pool="primary"})`, "at most")),
			graph("In use", "Of those that each pool may have.", "percentunit", line(`stoa_database_connections{J,state="used"} / on (job, instance, pool) stoa_database_connections_max{J}`, "{{instance}} {{pool}}")),
			graph("Taken", "How often a connection was taken, and how often none was free.", "ops", line(`sum(rate(stoa_database_acquires_total{J}[$__rate_interval]))`, "taken"), line(`sum(rate(stoa_database_waits_total{J}[$__rate_interval]))`, "waited")),
			graph("Wait", "How long was waited for a connection, of those that waited.", "s", line(`sum by (pool) (rate(stoa_database_wait_seconds_total{J}[$__rate_interval])) / sum by (pool) (rate(stoa_database_waits_total{J}[$__rate_interval]))`, "{{pool}}")),
		}},
		{"The database", []panel{
			graph("Size", "What it takes on its server's disk.", "bytes", line(`max(stoa_database_bytes{J})`, "database")),
			graph("Commits", "Commands and queries that worked, each second.", "ops", line(`sum(rate(command_duration_seconds_count{J,outcome="ok"}[$__rate_interval]))`, "commands and queries")),
			graph("Not reached", "Commands and queries that could not reach it, or not in time.", "ops", line(`sum(rate(command_duration_seconds_count{J,outcome="unavailable"}[$__rate_interval]))`, "unavailable")),
		}},
		{"The control planes as processes", []panel{
			graph("Memory", "Resident memory, without the bundled PostgreSQL.", "bytes", line(`process_resident_memory_bytes{J}`, "{{instance}}")),
			graph("CPU", "Cores that each keeps busy.", "short", line(`rate(process_cpu_seconds_total{J}[$__rate_interval])`, "{{instance}}")),
			graph("Goroutines", "What each does at once; streams that stay open are in it.", "short", line(`go_goroutines{J}`, "{{instance}}")),
			graph("Open files", "Beside how many each may have.", "percentunit", line(`process_open_fds{J} / process_max_fds{J}`, "{{instance}}")),
		}},
	}}
}

func accounts() board {
	const proofs = `auth.sign_in|auth.second_factor|auth.passkey|auth.oidc_finish|device.redeem`
	return board{name: "accounts", title: "Accounts and audit", about: "Who signs in and how, what is changed about accounts, and who reads the audit trail. Numbers only: who it was stands in the audit trail.", rows: []row{
		{"Now", []panel{
			number("Sign-ins", "People who signed in, in the last hour.", "short", `sum(increase(command_duration_seconds_count{J,name=~"`+proofs+`",outcome="ok"}[1h]))`),
			number("Refused", "Sign-ins that were refused, in the last hour.", "short", `sum(increase(command_duration_seconds_count{J,name=~"`+proofs+`",outcome!="ok"}[1h]))`, worse(100, 1000)...),
			number("Issuers' calls that failed", "Share of the calls to OpenID Connect issuers.", "percentunit", `sum(rate(stoa_identity_issuer_calls_total{J,outcome="failed"}[$__rate_interval])) / sum(rate(stoa_identity_issuer_calls_total{J}[$__rate_interval]))`, worse(0.1, 0.5)...),
			number("Access tokens refused", "Share of the issuers' access tokens that requests showed.", "percentunit", `sum(rate(stoa_identity_access_tokens_total{J,outcome="refused"}[$__rate_interval])) / sum(rate(stoa_identity_access_tokens_total{J}[$__rate_interval]))`, worse(0.1, 0.5)...),
		}},
		{"Signing in", []panel{
			graph("That worked", "By what was shown: a password, a second factor, a passkey, an issuer's word, a device's code.", "ops", line(`sum by (name) (rate(command_duration_seconds_count{J,name=~"`+proofs+`",outcome="ok"}[$__rate_interval]))`, "{{name}}")),
			graph("That did not", "By what was shown, and why. Many unauthenticated are somebody who guesses; limited are those that were stopped.", "ops", line(`sum by (name, outcome) (rate(command_duration_seconds_count{J,name=~"`+proofs+`",outcome!="ok"}[$__rate_interval]))`, "{{name}} {{outcome}}")),
			graph("Issuers", "Calls to OpenID Connect issuers, by what for and whether they worked.", "ops", line(`sum by (call, outcome) (rate(stoa_identity_issuer_calls_total{J}[$__rate_interval]))`, "{{call}} {{outcome}}")),
			graph("Access tokens", "Issuers' access tokens that requests showed.", "ops", line(`sum by (outcome) (rate(stoa_identity_access_tokens_total{J}[$__rate_interval]))`, "{{outcome}}")),
		}},
		{"Accounts", []panel{
			graph("People", "Users that were made, changed, locked, unlocked, deleted.", "short", line(`sum by (name) (increase(command_duration_seconds_count{J,name=~"user.create|user.update|user.lock|user.unlock|user.delete|user.reset_password|auth.register",outcome="ok"}[$__rate_interval]))`, "{{name}}")),
			graph("Tokens and keys", "Tokens, service accounts' keys and passkeys that were made and taken back.", "short", line(`sum by (name) (increase(command_duration_seconds_count{J,name=~"token.create|token.revoke|service_account.create|service_account.rotate_key|service_account.revoke_key|passkey.add|passkey.remove",outcome="ok"}[$__rate_interval]))`, "{{name}}")),
			graph("Memberships", "Who was given a role in an organization or project, or lost it.", "short", line(`sum by (name) (increase(command_duration_seconds_count{J,name=~"(organization|project).(set|remove)_member|invitation.+",outcome="ok"}[$__rate_interval]))`, "{{name}}")),
		}},
		{"Audit", []panel{
			graph("Read", "Queries and exports of the audit trail.", "short", line(`sum by (name, outcome) (increase(command_duration_seconds_count{J,name=~"audit.list|audit.export"}[$__rate_interval]))`, "{{name}} {{outcome}}")),
			graph("Refusals that are in it", "What was tried and not allowed.", "ops", line(`sum by (name) (rate(command_duration_seconds_count{J,outcome="denied"}[$__rate_interval]))`, "{{name}}")),
		}},
	}}
}
