package execution

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The guide says what each reason means, and names none that does not exist.
func TestReasonsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/concepts/executions.md")
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| [a-z_]+ \\|").FindAllStringSubmatch(string(page), -1) {
		told = append(told, row[1])
	}
	if diff := cmp.Diff(Reasons(), told); diff != "" {
		t.Errorf("docs/concepts/executions.md does not list the reasons (-code +docs):\n%s", diff)
	}
	for said, code := range nodeReasons {
		if !slices.Contains(Reasons(), code) {
			t.Errorf("what nodes call %q ends as %q, which is no reason", said, code)
		}
	}
}
