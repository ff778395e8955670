package attack_test

import (
	"slices"
	"testing"

	"github.com/stoa-cloud/stoa/internal/agent/attack"
)

// TestEveryGroupInEveryLanguage holds the attacks to what is said of them: each group has one at least in each language,
// so that nothing which a runtime brings along (threads, signal handlers, a launcher of its own) is left untried.
func TestEveryGroupInEveryLanguage(t *testing.T) {
	all, err := attack.All()
	if err != nil {
		t.Fatal(err)
	}
	for group := range groups(all) {
		for _, language := range cheap {
			if !slices.ContainsFunc(group, func(a attack.Attack) bool {
				return slices.ContainsFunc(a.Programs, func(p attack.Program) bool { return p.Runtime == language })
			}) {
				t.Errorf("nothing of %q is tried in %s", group[0].Group, language)
			}
		}
	}
}
