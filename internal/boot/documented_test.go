package boot

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

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
	p := bound(t)
	all := make(chan *prometheus.Desc)
	go func() {
		defer close(all)
		p.watch.Registry.Describe(all)
	}()
	text := page(t, "operating/watching.md")
	var names []string
	for d := range all {
		name := regexp.MustCompile(`fqName: "([^"]+)"`).FindStringSubmatch(d.String())[1]
		if strings.HasPrefix(name, "go_") || strings.HasPrefix(name, "process_") {
			continue
		}
		if names = append(names, name); !strings.Contains(text, "`"+name+"`") {
			t.Errorf("docs/operating/watching.md does not say what %s is", name)
		}
	}
	if len(names) < 10 {
		t.Fatalf("only %d metrics: %v", len(names), names)
	}
	for _, found := range regexp.MustCompile("`(stoa_[a-z0-9_]+)`").FindAllStringSubmatch(text, -1) {
		if !strings.HasPrefix(found[1], "stoa_agent_") && !slices.Contains(names, found[1]) {
			t.Errorf("docs/operating/watching.md names %s, which does not exist", found[1])
		}
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
