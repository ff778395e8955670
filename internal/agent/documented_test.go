package agent

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/stoa-cloud/stoa/internal/agent/image"
)

func page(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The guide has every number that the agent serves, and no other.
func TestEveryMetricIsDocumented(t *testing.T) {
	registry := prometheus.NewRegistry()
	NewMetrics(registry)
	registry.MustRegister(new(image.Store))
	all := make(chan *prometheus.Desc)
	go func() {
		defer close(all)
		registry.Describe(all)
	}()
	text := page(t, "operating/watching.md")
	var names []string
	for d := range all {
		name := regexp.MustCompile(`fqName: "([^"]+)"`).FindStringSubmatch(d.String())[1]
		if names = append(names, name); !strings.Contains(text, "`"+name+"`") {
			t.Errorf("docs/operating/watching.md does not say what %s is", name)
		}
	}
	for _, found := range regexp.MustCompile("`(stoa_agent_[a-z0-9_]+)`").FindAllStringSubmatch(text, -1) {
		if !slices.Contains(names, found[1]) {
			t.Errorf("docs/operating/watching.md names %s, which does not exist", found[1])
		}
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
