package agent

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/stoa-cloud/stoa/deploy"
	"github.com/stoa-cloud/stoa/internal/agent/image"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// ours tells whether a metric is the agent's.
func ours(metric string) bool { return strings.HasPrefix(metric, "stoa_agent_") }

func page(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func exported() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	NewMetrics(registry)
	registry.MustRegister(new(image.Store), new(sandbox.Driver), new(Agent))
	return registry
}

// The guide has every number that the agent serves, and no other.
func TestEveryMetricIsDocumented(t *testing.T) {
	for _, wrong := range deploy.CheckPage(page(t, "operating/watching.md"), deploy.Exported(exported()), ours) {
		t.Error("docs/operating/watching.md", wrong)
	}
}

// “stoad up” starts its agent with the environment, so everything can be set there; and it is in the guide.
func TestEverySettingIsDocumented(t *testing.T) {
	text := page(t, "operating/nodes.md")
	for field := range reflect.TypeFor[flags]().Fields() {
		env := field.Tag.Get("env")
		switch {
		case field.Name == "Version", field.Name == "TokenFile": // a token's own variable is enough
		case env == "":
			t.Errorf("%s cannot be set in the environment", field.Name)
		case !strings.Contains(text, "`"+env+"`"):
			t.Errorf("docs/operating/nodes.md does not say what %s is", env)
		}
	}
}

// Dashboards and alerts read what agents export, by the labels that there are.
func TestDashboardsAndRulesReadWhatIsThere(t *testing.T) {
	queries, err := deploy.Queries()
	if err != nil {
		t.Fatal(err)
	}
	metrics, read := deploy.Exported(exported()), 0
	for _, q := range queries {
		for _, wrong := range q.Check(metrics, func(metric string) bool {
			if ours(metric) {
				read++
			}
			return ours(metric)
		}) {
			t.Error(wrong)
		}
	}
	if read < 30 {
		t.Errorf("only %d queries read what agents export", read)
	}
}

// The unit starts the agent with what it understands.
func TestTheUnitStartsWhatThereIs(t *testing.T) {
	units, err := deploy.Units()
	if err != nil {
		t.Fatal(err)
	}
	unit := units["stoa-agent.service"]
	known := map[string]bool{}
	for field := range reflect.TypeFor[flags]().Fields() {
		known[field.Tag.Get("env")] = true
	}
	for _, set := range unit["Service.Environment"] {
		variable, value, _ := strings.Cut(set, "=")
		if !known[variable] {
			t.Errorf("it sets %s, which stoa-agent does not know", variable)
		}
		t.Setenv(variable, value)
	}
	t.Setenv("STOA_JOIN", "https://stoa.example.org") // as its EnvironmentFile must
	args := strings.Fields(unit["Service.ExecStart"][0])
	parser, err := kong.New(new(flags), kong.Vars{"version": "test"}, kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(args[1:]); err != nil || args[0] != "/usr/local/bin/stoa-agent" {
		t.Errorf("%v: %v", args, err)
	}
	// Without these the sandbox has no limits, or dies with the first run that needs too much memory.
	for key, want := range map[string]string{"Delegate": "yes", "OOMPolicy": "continue", "TasksMax": "infinity"} {
		if got := unit["Service."+key]; !slices.Equal(got, []string{want}) {
			t.Errorf("%s=%v, not %s", key, got, want)
		}
	}
}
