package boot

import (
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/pki"
	"github.com/stoa-cloud/stoa/internal/platform/telemetry"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// bound is a program whose parts are connected and which stands on nothing.
func bound(t *testing.T) *Program {
	t.Helper()
	authority, err := pki.Open(t.TempDir(), clock.System)
	if err != nil {
		t.Fatal(err)
	}
	p := &Program{infra: &infra{}, log: slog.New(slog.DiscardHandler)}
	if p.watch, err = telemetry.New(t.Context(), telemetry.Config{Service: "stoad", Output: io.Discard}); err != nil {
		t.Fatal(err)
	}
	if err := p.bind(authority, 0); err != nil {
		t.Fatal(err)
	}
	return p
}

// Every door declares who may pass: what is bound is in the permission table, and
// what the table names is bound.
func TestEveryCommandAndQueryHasItsRoles(t *testing.T) {
	p := bound(t)
	registered, declared := p.runner.Registered(), tenancy.Permissions()
	for _, name := range slices.Sorted(maps.Keys(registered)) {
		if len(declared[name]) == 0 {
			t.Errorf("%s is bound, and no role may issue it: add it to tenancy.Permissions", name)
		}
	}
	for _, name := range declared.Names() {
		if _, ok := registered[name]; !ok {
			t.Errorf("tenancy.Permissions names %s, which nothing binds: remove it", name)
		}
	}
}

// Every operation of the API is a bound command or query, or one of the few that
// are made of several.
func TestEveryOperationIsBound(t *testing.T) {
	p := bound(t)
	registered := p.runner.Registered()
	madeOf := map[string]string{
		"execution.batch": "execution.submit", "piston.execute": "execution.submit", "piston.connect": "execution.submit", "piston.runtimes": "runtime.list",
		"judge0.submit": "execution.submit", "judge0.batch": "execution.submit", "judge0.get": "execution.get", "judge0.get_batch": "execution.get",
		"judge0.delete": "execution.delete", "judge0.workers": "execution.queue", "judge0.config_info": "limit.list",
		"judge0.languages": "runtime.list", "judge0.language": "runtime.list", "judge0.statuses": "runtime.list", "judge0.about": "runtime.list",
		"judge0.system_info": "runtime.list", "judge0.all_languages": "runtime.list", "judge0.authenticate": "runtime.list", "judge0.authorize": "runtime.list",
		"judge0.list": "execution.list",
	}
	for _, name := range httpx.Operations(p.edge.API()) {
		if whole, ok := madeOf[name]; ok {
			name = whole
		}
		if _, ok := registered[name]; !ok {
			t.Errorf("the operation %s is no bound command or query", name)
		}
	}
}

func TestRolesNameModules(t *testing.T) {
	p := bound(t)
	names := map[string]bool{}
	for _, m := range p.modules() {
		names[m.Name] = true
	}
	for role, modules := range roles {
		for _, m := range modules {
			if !names[m] {
				t.Errorf("the role %s starts %s, which does not exist", role, m)
			}
		}
	}
	if _, err := targetsOf([]string{"nonsense"}); err == nil || !strings.Contains(err.Error(), "nonsense") {
		t.Errorf("an unknown role gives %v", err)
	}
}
