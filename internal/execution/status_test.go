package execution_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
)

var update = flag.Bool("update", false, "write the diagram of the README")

// Every pair of statuses: what the table allows, and nothing else.
func TestTransitions(t *testing.T) {
	terminal := []execution.Status{execution.Completed, execution.Failed, execution.TimedOut, execution.Cancelled, execution.Error}
	for _, from := range execution.Statuses {
		if from.Terminal() != slices.Contains(terminal, from) {
			t.Errorf("%s: terminal is %v", from, from.Terminal())
		}
		for _, to := range execution.Statuses {
			allowed := false
			switch from {
			case execution.Queued:
				allowed = to == execution.Scheduled || to == execution.Cancelled || to == execution.Error
			case execution.Scheduled:
				allowed = to != execution.Scheduled
			case execution.Running:
				allowed = to != execution.Running && to != execution.Scheduled
			}
			if execution.May(from, to) != allowed {
				t.Errorf("%s → %s: %v", from, to, !allowed)
			}
		}
	}
}

// The database knows the same statuses as the code.
func TestStatusesAreTheDatabases(t *testing.T) {
	db := pgtest.Open(t)
	check, err := pg.One[string](t.Context(), db, `
SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'execution'::regclass AND contype = 'c' AND conname = 'execution_status_check'`)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range execution.Statuses {
		if !strings.Contains(check, "'"+string(s)+"'") {
			t.Errorf("the database does not know %s", s)
		}
	}
	if n := strings.Count(check, "::text") - 1; n > 2*len(execution.Statuses) {
		t.Errorf("the database knows more statuses: %s", check)
	}
}

// The README's diagram is the table.
func TestReadmeShowsTheTransitions(t *testing.T) {
	var diagram strings.Builder
	diagram.WriteString("```mermaid\nstateDiagram-v2\n    [*] --> queued\n    [*] --> scheduled\n")
	for _, from := range execution.Statuses {
		for _, to := range execution.Statuses {
			if execution.May(from, to) {
				fmt.Fprintf(&diagram, "    %s --> %s\n", from, to)
			}
		}
	}
	diagram.WriteString("```\n")
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(readme), "<!-- states -->\n")
	_, after, closed := strings.Cut(rest, "<!-- /states -->")
	if !ok || !closed {
		t.Fatal("README.md has no place for the diagram")
	}
	want := before + "<!-- states -->\n" + diagram.String() + "<!-- /states -->" + after
	if *update {
		if err := os.WriteFile("README.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if want != string(readme) {
		t.Error("README.md shows other transitions than status.go: go test ./internal/execution -run Readme -update")
	}
}
