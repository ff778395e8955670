package glob_test

import (
	"strings"
	"testing"

	"github.com/stoa-cloud/stoa/internal/platform/glob"
)

func TestMatch(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		pattern, name string
		want          bool
	}{
		{"plot.png", "plot.png", true},
		{"plot.png", "out/plot.png", false},
		{"*.png", "plot.png", true},
		{"*.png", "out/plot.png", false},
		{"**", "a", true},
		{"**", "a/b/c", true},
		{"out/**", "out/a", true},
		{"out/**", "out/a/b", true},
		{"out/**", "output/a", false},
		{"**/*.csv", "a.csv", true},
		{"**/*.csv", "x/y/a.csv", true},
		{"**/*.csv", "x/y/a.csv/b", false},
		{"a/**/z", "a/z", true},
		{"a/**/z", "a/b/c/z", true},
		{"a/**/z", "a/b/c/y", false},
		{"[ab]/?", "b/x", true},
		{"[ab]/?", "c/x", false},
	} {
		if err := glob.Check(test.pattern); err != nil {
			t.Errorf("%q: %v", test.pattern, err)
		}
		if got := glob.Match(test.pattern, test.name); got != test.want {
			t.Errorf("%q and %q: %t, want %t", test.pattern, test.name, got, test.want)
		}
	}
}

func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{
		"", "/etc/passwd", "../x", "a/../../x", "a//b", "./a", "a/", "[", "a**", "**b/c", "a\x00", "\xff",
		strings.Repeat("x", 256), strings.Repeat("a/", 32) + "a",
	} {
		if glob.Check(pattern) == nil {
			t.Errorf("%q passed", pattern)
		}
	}
}

// A pattern that makes a backtracking matcher take for ever.
func TestMatchIsNotSlow(t *testing.T) {
	t.Parallel()
	if glob.Match(strings.Repeat("**/", 30)+"x", strings.TrimSuffix(strings.Repeat("a/", 500), "/")) {
		t.Error("it matched")
	}
}
