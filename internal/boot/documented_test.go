package boot

import (
	"io/fs"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/stoa-cloud/stoa/deploy"
	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

// ours tells whether a metric is the control plane's.
func ours(metric string) bool { return !strings.HasPrefix(metric, "stoa_agent_") }

func page(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Every number of /metrics is in the guide, and the guide promises none that is not there.
func TestEveryMetricIsDocumented(t *testing.T) {
	exported := deploy.Exported(bound(t).watch.Registry)
	maps.DeleteFunc(exported, func(name string, _ []string) bool {
		return strings.HasPrefix(name, "go_") || strings.HasPrefix(name, "process_")
	})
	if len(exported) < 10 {
		t.Fatalf("only %d metrics: %v", len(exported), exported)
	}
	for _, wrong := range deploy.CheckPage(page(t, "operating/watching.md"), exported, ours) {
		t.Error("docs/operating/watching.md", wrong)
	}
}

// Whoever installs Stoa finds everything that can be set.
func TestEverySettingOfTheProgramIsDocumented(t *testing.T) {
	text := page(t, "operating/install.md")
	for field := range reflect.TypeFor[Config]().Fields() {
		if _, hidden := field.Tag.Lookup("hidden"); hidden {
			continue
		}
		if env := field.Tag.Get("env"); !strings.Contains(text, "`"+env+"`") {
			t.Errorf("docs/operating/install.md does not say what %s is", env)
		}
	}
}

// Dashboards and alerts read what is exported, by the labels and the words that there are.
func TestDashboardsAndRulesReadWhatIsThere(t *testing.T) {
	p := bound(t)
	exported := deploy.Exported(p.watch.Registry)
	queries, err := deploy.Queries()
	if err != nil {
		t.Fatal(err)
	}
	outcomes := []string{"ok"}
	for _, kind := range fault.Kinds() {
		outcomes = append(outcomes, kind.String())
	}
	words := map[string][]string{ // of a metric's label, where they are known
		"command_duration_seconds name":        slices.Collect(maps.Keys(p.runner.Registered())),
		"command_duration_seconds outcome":     outcomes,
		"stoa_executions_ended_total reason":   execution.Reasons(),
		"stoa_executions_ended_total status":   {"completed", "failed", "timed_out", "cancelled", "error"},
		"stoa_nodes status":                    {"enrolling", "ready", "draining", "offline"},
		"stoa_sinks state":                     {"sending", "failing", "paused"},
		"stoa_eventlog_consumer_lag consumer":  {p.notifications.Consumer().Name, p.judge0.Consumer().Name},
		"stoa_eventlog_deliveries status":      {string(eventlog.Waiting), string(eventlog.Retrying), string(eventlog.Dead)},
		"stoa_eventlog_consumed_total outcome": {"handled", "failed", "dead"},
	}
	for _, q := range queries {
		for _, wrong := range q.Check(exported, ours) {
			t.Error(wrong)
		}
		metrics, _, err := deploy.Read(q.Expr)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range metrics {
			base := regexp.MustCompile("_(bucket|sum|count)$").ReplaceAllString(m.Metric, "")
			for _, c := range m.Matchers {
				known, ok := words[base+" "+c.Label]
				if !ok {
					continue
				}
				for _, alternative := range alternatives(c) {
					pattern := regexp.MustCompile("^(?:" + alternative + ")$")
					if !slices.ContainsFunc(known, pattern.MatchString) {
						t.Errorf("%s: %s is never %s", q.Where, base+" "+c.Label, alternative)
					}
				}
			}
		}
	}
}

// alternatives are the words that a condition names, or its whole pattern if that is more than a list of words.
func alternatives(c deploy.Matcher) []string {
	switch {
	case c.Op == "=" || c.Op == "!=":
		return []string{regexp.QuoteMeta(c.Value)}
	case strings.ContainsAny(c.Value, "()"):
		return []string{c.Value}
	}
	return strings.Split(c.Value, "|")
}

// The units start the programs with what these understand.
func TestUnitsStartWhatThereIs(t *testing.T) {
	units, err := deploy.Units()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{"HOME": true} // where the CLI of who started it finds the installation
	for field := range reflect.TypeFor[Config]().Fields() {
		known[field.Tag.Get("env")] = true
	}
	seen := 0
	for name, unit := range units {
		for _, command := range unit["Service.ExecStart"] {
			args := strings.Fields(command)
			if args[0] != "/usr/local/bin/stoad" {
				continue
			}
			seen++
			var cli commands
			parser, err := kong.New(&cli, kong.Vars{"data_dir": "/var/lib/stoa"}, kong.Exit(func(int) {}))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := parser.Parse(args[1:]); err != nil {
				t.Errorf("%s: %s: %v", name, command, err)
			}
			for _, set := range unit["Service.Environment"] {
				if variable, _, _ := strings.Cut(set, "="); !known[variable] {
					t.Errorf("%s sets %s, which stoad does not know", name, variable)
				}
			}
		}
	}
	if seen != 2 {
		t.Errorf("%d units start stoad", seen)
	}
}

// What containers and the chart set is what stoad understands.
func TestContainersSetWhatThereIs(t *testing.T) {
	known := map[string]bool{"STOA_JOIN": true, "STOA_AGENT_TOKEN": true, "STOA_AGENT_METRICS_LISTEN": true} // the agent's
	for field := range reflect.TypeFor[Config]().Fields() {
		known[field.Tag.Get("env")] = true
	}
	seen := 0
	err := fs.WalkDir(deploy.Files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasPrefix(path, "helm/") && path != "compose.yaml" {
			return err
		}
		text, err := deploy.Files.ReadFile(path)
		for _, variable := range regexp.MustCompile(`STOA_[A-Z_]*[A-Z]`).FindAllString(string(text), -1) {
			if seen++; !known[variable] {
				t.Errorf("deploy/%s sets %s, which no program knows", path, variable)
			}
		}
		for _, arguments := range regexp.MustCompile(`(?m)args: \[(.*)\]$`).FindAllStringSubmatch(string(text), -1) {
			parser, err := kong.New(new(commands), kong.Vars{"data_dir": "/var/lib/stoa"}, kong.Exit(func(int) {}))
			if err != nil {
				return err
			}
			if _, err := parser.Parse(strings.Split(strings.ReplaceAll(arguments[1], `"`, ""), ", ")); err != nil {
				t.Errorf("deploy/%s: %v", path, err)
			}
			seen++
		}
		return err
	})
	if err != nil || seen < 15 {
		t.Errorf("%d settings, %v", seen, err)
	}
}
