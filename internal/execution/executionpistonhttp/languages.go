package executionpistonhttp

import (
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"

	"github.com/stoa-cloud/stoa/internal/execution"
)

// language is what Piston calls a runtime of ours.
type language struct {
	name    string
	runtime string // where it differs from the language
	aliases []string
}

// languages are those whose names or aliases differ (Piston's packages/*/metadata.json).
var languages = map[string]language{
	"python": {name: "python", aliases: []string{"py", "py3", "python3", "python3.10"}},
	"node":   {name: "javascript", runtime: "node", aliases: []string{"node-javascript", "node-js", "javascript", "js"}},
	"deno":   {name: "typescript", runtime: "deno", aliases: []string{"deno", "deno-ts"}},
	"bash":   {name: "bash", aliases: []string{"sh"}},
	"ruby":   {name: "ruby", aliases: []string{"ruby3", "rb"}},
	"perl":   {name: "perl", aliases: []string{"pl"}},
	"go":     {name: "go", aliases: []string{"go", "golang"}},
	"c":      {name: "c", runtime: "gcc", aliases: []string{"gcc"}},
	"cpp":    {name: "c++", runtime: "gcc", aliases: []string{"cpp", "g++"}},
	"rust":   {name: "rust", aliases: []string{"rs"}},
}

func languageOf(name string) language {
	if l, ok := languages[name]; ok {
		return l
	}
	return language{name: name, aliases: []string{}}
}

func (l language) called(asked string) bool {
	asked = strings.ToLower(asked)
	return asked == l.name || slices.Contains(l.aliases, asked)
}

// match finds the newest version of a language that a semver range admits, as
// Piston does: "*", "3", "3.x", ">=3.10 <3.12", "3.11.2".
func match(all []execution.Runtime, name, version string) (best execution.Runtime, found bool) {
	admits, err := semver.NewConstraint(version)
	if err != nil {
		return best, false
	}
	for _, r := range all {
		if !languageOf(r.Name).called(name) || r.Nodes == 0 || found && execution.CompareVersions(r.Version, best.Version) <= 0 {
			continue
		}
		if v, err := semver.NewVersion(r.Version); err == nil && admits.Check(v) || r.Version == version {
			best, found = r, true
		}
	}
	return best, found
}
