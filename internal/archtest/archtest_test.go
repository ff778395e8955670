package archtest

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write what the sources say into docs")

func TestTheTreeKeepsItsRules(t *testing.T) {
	files, err := Read("../..")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 50 {
		t.Fatalf("only %d files: is this the root of the repository?", len(files))
	}
	var wrong []string
	for _, f := range files {
		for _, rule := range []func(File) []string{Imports, Roots, Shape, Programs} {
			wrong = append(wrong, rule(f)...)
		}
	}
	for _, rule := range []func([]File) []string{Docs, Names, Reach} {
		wrong = append(wrong, rule(files)...)
	}
	for _, message := range wrong {
		t.Error(message)
	}
	for name := range longFiles {
		if i := indexOf(files, name); i < 0 || files[i].Lines <= MaxLines {
			t.Errorf("%s no longer needs to be allowed more than %d lines: take it off the list.", name, MaxLines)
		}
	}
}

func indexOf(files []File, name string) int {
	for i, f := range files {
		if f.Path == name {
			return i
		}
	}
	return -1
}

func TestErrorsAreDocumented(t *testing.T) {
	files, err := Read("../..")
	if err != nil {
		t.Fatal(err)
	}
	const name = "../../docs/errors.md"
	want := ErrorsPage(files)
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(got), "\n"), strings.Split(want, "\n")); diff != "" {
		t.Errorf("docs/errors.md is behind the sources. Run: go test ./internal/archtest -run TestErrorsAreDocumented -update\n%s", diff)
	}
}
