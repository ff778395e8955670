package cli

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheReferenceIsTrue(t *testing.T) {
	var want bytes.Buffer
	if err := Reference(&want); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../docs/cli.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.String(), string(got)); diff != "" {
		t.Errorf("docs/cli.md is out of date; run go generate ./internal/cli\n%s", diff)
	}
}

func TestCompletion(t *testing.T) {
	u := at(t, nil)
	for _, c := range []struct{ words, want string }{
		{"n", "nodes\nnotifications\n"},
		{"node c", "cordon\n"},
		{"tokens r", "revoke\n"},
		{"run --pri", "--priority\n"},
		{"run --priority b", "background\n"},
		{"-o j", "json\n"},
		{"context use ", "here\n"},
		{"completion f", "fish\n"},
		{"run a.", ""},
	} {
		if u.types(t, append([]string{"__complete"}, strings.Split(c.words, " ")...)...); u.out.String() != c.want {
			t.Errorf("%q: got %q, want %q", c.words, u.out, c.want)
		}
	}
	for _, shell := range []string{"bash", "zsh", "fish"} {
		if code := u.types(t, "completion", shell); code != 0 || !strings.Contains(u.out.String(), "stoa __complete") {
			t.Errorf("%s: exit code %d", shell, code)
		}
	}
}
