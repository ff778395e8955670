package judge0

import (
	"fmt"
	"slices"

	"github.com/stoa-cloud/stoa/internal/execution"
)

// Language is one of Judge0's numbers: a language in a version.
type Language struct {
	ID      int
	label   string // with %s for the version
	runtime string // its name here
	version string // that Judge0 has under this number
	major   bool   // another major version is another language
}

// languages are those of Judge0's numbers whose languages nodes can have. The
// numbers are as Judge0 CE 1.13.1 publishes them, and its hosted service after it.
var languages = []Language{
	{46, "Bash (%s)", "bash", "5.0.0", false},
	{48, "C (GCC %s)", "c", "7.4.0", false},
	{49, "C (GCC %s)", "c", "8.3.0", false},
	{50, "C (GCC %s)", "c", "9.2.0", false},
	{52, "C++ (GCC %s)", "cpp", "7.4.0", false},
	{53, "C++ (GCC %s)", "cpp", "8.3.0", false},
	{54, "C++ (GCC %s)", "cpp", "9.2.0", false},
	{60, "Go (%s)", "go", "1.13.5", false},
	{62, "Java (OpenJDK %s)", "java", "13.0.1", false},
	{63, "JavaScript (Node.js %s)", "node", "12.14.0", false},
	{64, "Lua (%s)", "lua", "5.3.5", false},
	{68, "PHP (%s)", "php", "7.4.1", false},
	{70, "Python (%s)", "python", "2.7.17", true},
	{71, "Python (%s)", "python", "3.8.1", true},
	{72, "Ruby (%s)", "ruby", "2.7.0", false},
	{73, "Rust (%s)", "rust", "1.40.0", false},
	{74, "TypeScript (Deno %s)", "deno", "1.0.0", false},
	{85, "Perl (%s)", "perl", "5.28.1", false},
	{91, "Java (JDK %s)", "java", "17.0.6", false},
	{92, "Python (%s)", "python", "3.11.2", true},
	{93, "JavaScript (Node.js %s)", "node", "18.15.0", false},
	{95, "Go (%s)", "go", "1.18.5", false},
	{97, "JavaScript (Node.js %s)", "node", "20.17.0", false},
	{98, "PHP (%s)", "php", "8.3.11", false},
	{100, "Python (%s)", "python", "3.12.5", true},
	{102, "JavaScript (Node.js %s)", "node", "22.8.0", false},
	{103, "C (GCC %s)", "c", "14.1.0", false},
	{105, "C++ (GCC %s)", "cpp", "14.1.0", false},
	{106, "Go (%s)", "go", "1.22.0", false},
	{107, "Go (%s)", "go", "1.23.5", false},
	{108, "Rust (%s)", "rust", "1.85.0", false},
	{109, "Python (%s)", "python", "3.13.2", true},
	{113, "Python (%s)", "python", "3.14.0", true},
}

// Offer is a number and what runs under it here now.
type Offer struct {
	Language
	Runtime execution.Runtime
}

// Name is what Judge0's clients show, with the version that really runs.
func (o Offer) Name() string { return o.NameOf(o.Runtime.Version) }

// Languages lists Judge0's numbers whose languages nodes can have.
func Languages() []Language { return slices.Clone(languages) }

// Name is what Judge0 calls it, with Judge0's version.
func (l Language) Name() string { return l.NameOf(l.version) }

// NameOf is the language's name in a version.
func (l Language) NameOf(version string) string { return fmt.Sprintf(l.label, version) }

// LanguageOf finds a language by its number.
func LanguageOf(id int) (Language, bool) {
	for _, l := range languages {
		if l.ID == id {
			return l, true
		}
	}
	return Language{}, false
}

// Offers lists the numbers that can be run now, by number.
func Offers(runtimes []execution.Runtime) []Offer {
	var all []Offer
	for _, l := range languages {
		if r, ok := l.match(runtimes); ok {
			all = append(all, Offer{l, r})
		}
	}
	return all
}

// Find is the offer of a number.
func Find(runtimes []execution.Runtime, id int) (Offer, bool) {
	l, ok := LanguageOf(id)
	if !ok {
		return Offer{}, false
	}
	r, ok := l.match(runtimes)
	return Offer{l, r}, ok
}

// match finds the version itself, or else the oldest one that is newer: what was
// written for Python 3.8 runs in 3.11 rather than not at all, and rather than in 3.14.
// Nothing older will do. Patches count only to tell the version itself.
func (l Language) match(runtimes []execution.Runtime) (best execution.Runtime, found bool) {
	for _, r := range runtimes {
		switch {
		case r.Name != l.runtime || r.Nodes == 0:
		case l.major && execution.CompareVersions(parts(r.Version, 1), parts(l.version, 1)) != 0:
		case r.Version == l.version:
			return r, true
		case execution.CompareVersions(parts(r.Version, 2), parts(l.version, 2)) < 0:
		case !found || execution.CompareVersions(r.Version, best.Version) < 0:
			best, found = r, true
		}
	}
	return best, found
}

// parts is the beginning of a version: parts("3.11.2", 2) is "3.11".
func parts(version string, n int) string {
	for i, c := range version {
		if c == '.' {
			if n--; n == 0 {
				return version[:i]
			}
		}
	}
	return version
}
