package node

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// The README shows the transition table; this keeps it true.
func TestDiagramIsTheTable(t *testing.T) {
	var b strings.Builder
	b.WriteString("```mermaid\nstateDiagram-v2\n    [*] --> enrolling\n")
	for _, from := range Statuses() {
		for _, next := range transitions[from] {
			fmt.Fprintf(&b, "    %s --> %s\n", from, next)
		}
	}
	b.WriteString("    retired --> [*]\n```\n")
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), b.String()) {
		t.Errorf("README.md does not show the transitions; it should hold\n%s", b.String())
	}
}
