package tenancy

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

func TestNames(t *testing.T) {
	for name, ok := range map[string]bool{
		"Data & Co": true, "ü": true, strings.Repeat("x", MaxName): true,
		"": false, " ": false, "a ": false, " a": false, "a\nb": false, "a\x00b": false, "\xff": false, strings.Repeat("x", MaxName+1): false,
	} {
		if err := CheckName("body.name", name); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestSlugs(t *testing.T) {
	for name, want := range map[string]string{
		"Data & Co": "data-co", "A": "a", "--": "x", "Übung 2": "bung-2", "日本": "x", "a  b": "a-b", "a-": "a",
		strings.Repeat("ab", 40): strings.Repeat("ab", 20),
	} {
		if got := slugOf(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
	shape := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	rapid.Check(t, func(t *rapid.T) {
		for _, slug := range slugs(rapid.String().Draw(t, "name"), ident.New()) {
			if !shape.MatchString(slug) || len(slug) > maxSlug+7 {
				t.Fatalf("bad slug %q", slug)
			}
		}
	})
}

func TestEmails(t *testing.T) {
	for email, ok := range map[string]bool{
		"a@example.org": true, "A.b+c@Example.org": true,
		"": false, "a": false, "a@": false, "A <a@example.org>": false, "a@b@c": false, "a@example.org\n": false,
		strings.Repeat("a", 250) + "@example.org": false,
	} {
		if err := CheckEmail("body.email", email); (err == nil) != ok {
			t.Errorf("%q: %v", email, err)
		}
	}
}
