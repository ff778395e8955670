package deploy

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

func queries(t *testing.T) []Query {
	t.Helper()
	all, err := Queries()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 150 {
		t.Fatalf("only %d queries", len(all))
	}
	return all
}

func alertsOf(t *testing.T) []Rule {
	t.Helper()
	all, err := Alerts()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 20 {
		t.Fatalf("only %d alerts", len(all))
	}
	return all
}

func TestReadFindsEveryName(t *testing.T) {
	metrics, groups, err := Read(`topk(3, histogram_quantile(0.95, sum by (le, name) (rate(a_bucket{job=~"x|y", name!="}"}[5m]))))
  / on (job) group_left() max without (pod) (b offset 1h) > bool 2 unless c{} or up`)
	if err != nil {
		t.Fatal(err)
	}
	want := []Selector{
		{Metric: "a_bucket", Matchers: []Matcher{{"job", "=~", "x|y"}, {"name", "!=", "}"}}},
		{Metric: "b"},
		{Metric: "c"},
		{Metric: "up"},
	}
	if diff := cmp.Diff(want, metrics); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"le", "name", "job", "", "pod"}, groups); diff != "" {
		t.Error(diff)
	}
}

func TestCheckNamesWhatIsNotThere(t *testing.T) {
	exported := map[string][]string{"took_seconds": {"name"}, "held": {}}
	mine := func(metric string) bool { return metric != "theirs" }
	for expr, want := range map[string]int{
		`sum by (name, le) (rate(took_seconds_bucket{name="x"}[5m])) / scalar(up)`: 0,
		`theirs{anything="x"}`:                 0,
		`sum by (instance) (held{job="x"})`:    0,
		`sum by (nobody) (took_seconds_count)`: 1,
		`took_seconds_sum{nobody="x"}`:         1,
		`held_count`:                           0, // a histogram's, as far as its description tells
		`gone`:                                 1,
		`held{`:                                1,
	} {
		if wrong := (Query{Where: "test", Expr: expr}).Check(exported, mine); len(wrong) != want {
			t.Errorf("%s: %q", expr, wrong)
		}
	}
	if wrong := (Query{Expr: "held", Shows: []string{"name"}}).Check(exported, mine); len(wrong) != 1 {
		t.Errorf("a legend shows a label that is not there: %q", wrong)
	}
}

// The control plane's tests and the agent's look at their own queries, so each must be one's.
func TestNoQueryReadsBothPrograms(t *testing.T) {
	for _, q := range queries(t) {
		metrics, _, err := Read(q.Expr)
		if err != nil || len(metrics) == 0 {
			t.Errorf("%s reads nothing: %v", q.Where, err)
		}
		agents := 0
		for _, m := range metrics {
			if strings.HasPrefix(m.Metric, "stoa_agent_") {
				agents++
			}
		}
		if agents > 0 && agents < len(metrics) {
			t.Errorf("%s reads the agents' metrics and the control plane's: %s", q.Where, q.Expr)
		}
	}
}

// Whoever is woken by an alert finds what it means and what to do, and each was seen to fire.
func TestEveryAlertIsExplainedAndTried(t *testing.T) {
	page, err := os.ReadFile("../docs/operating/alerts.md")
	if err != nil {
		t.Fatal(err)
	}
	text, err := Files.ReadFile("prometheus/stoa.test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var tried struct {
		Tests []struct {
			Rules []struct {
				Alertname string
				Alerts    []any `yaml:"exp_alerts"`
			} `yaml:"alert_rule_test"`
		}
	}
	if err := yaml.Unmarshal(text, &tried); err != nil {
		t.Fatal(err)
	}
	speaks, keepsQuiet := map[string]bool{}, map[string]bool{}
	for _, one := range tried.Tests {
		for _, r := range one.Rules {
			speaks[r.Alertname] = speaks[r.Alertname] || len(r.Alerts) > 0
			keepsQuiet[r.Alertname] = keepsQuiet[r.Alertname] || len(r.Alerts) == 0
		}
	}
	var names []string
	for _, a := range alertsOf(t) {
		names = append(names, a.Alert)
		if !speaks[a.Alert] || !keepsQuiet[a.Alert] {
			t.Errorf("%s is not tried both ways in stoa.test.yaml", a.Alert)
		}
		if a.For == "" || a.Annotations["summary"] == "" || a.Annotations["description"] == "" {
			t.Errorf("%s does not say for how long, or what it is: %+v", a.Alert, a)
		}
		if severity := a.Labels["severity"]; severity != "critical" && severity != "warning" {
			t.Errorf("%s has the severity %q", a.Alert, severity)
		}
		if want := "https://stoa.example.org/docs/operating/alerts#" + strings.ToLower(a.Alert); a.Annotations["runbook_url"] != want {
			t.Errorf("%s: the runbook is %s, not %s", a.Alert, a.Annotations["runbook_url"], want)
		}
	}
	for line := range strings.Lines(string(page)) {
		if heading, ok := strings.CutPrefix(strings.TrimSpace(line), "### "); ok {
			i := slices.Index(names, heading)
			if i < 0 {
				t.Errorf("docs/operating/alerts.md explains %s, which there is not", heading)
				continue
			}
			names = slices.Delete(names, i, i+1)
		}
	}
	if len(names) > 0 {
		t.Errorf("docs/operating/alerts.md does not explain %v", names)
	}
}

// promtool is Prometheus's own reader of what we write.
func promtool(t *testing.T, dir string, args ...string) {
	t.Helper()
	program, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not here; hack/install testing brings it")
	}
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("promtool %v: %v\n%s", args, err, out)
	}
}

func TestPrometheusUnderstandsTheRules(t *testing.T) {
	promtool(t, "prometheus", "check", "config", "prometheus.yaml")
	promtool(t, "prometheus", "test", "rules", "stoa.test.yaml")
}

func TestPrometheusUnderstandsTheDashboards(t *testing.T) {
	type rule struct {
		Record string `yaml:"record"`
		Expr   string `yaml:"expr"`
	}
	var all []rule
	for i, q := range queries(t) {
		all = append(all, rule{fmt.Sprintf("query:%d", i), q.Expr})
	}
	text, err := yaml.Marshal(map[string]any{"groups": []any{map[string]any{"name": "dashboards", "rules": all}}})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "rules.yaml"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	promtool(t, dir, "check", "rules", "rules.yaml")
}

// systemd's own reader: what it does not know it would ignore.
func TestSystemdUnderstandsTheUnits(t *testing.T) {
	program, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not here")
	}
	units, err := Units()
	if err != nil || len(units) == 0 {
		t.Fatal("there are no units:", err)
	}
	root := t.TempDir()
	for name := range units {
		text, err := Files.ReadFile("systemd/" + name)
		if err != nil {
			t.Fatal(err)
		}
		unit := filepath.Join(root, name)
		// The programs are not installed here; systemd wants to see them.
		if err := os.WriteFile(unit, []byte(strings.ReplaceAll(string(text), "=/usr/local/bin/sto", "=/bin/true sto")), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), program, "verify", "--man=no", "--recursive-errors=no", unit).CombinedOutput()
		if err != nil || strings.Contains(string(out), name) {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}
