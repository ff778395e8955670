package archtest

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// MaxLines is how long a file may be.
const MaxLines = 400

// longFiles may be longer, each for its reason.
var longFiles = map[string]string{}

// vague are names that say nothing about what is inside.
var vague = map[string]bool{
	"util": true, "utils": true, "common": true, "helper": true, "helpers": true, "misc": true, "base": true, "shared": true,
	"service": true, "services": true, "types": true, "manager": true, "managers": true, "lib": true, "core": true, "models": true,
}

// Shape holds one file against the rules of the house.
func Shape(f File) []string {
	var wrong []string
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if f.Generated {
		return nil
	}
	if _, allowed := longFiles[f.Path]; f.Lines > MaxLines && !allowed {
		say("%s has %d lines, more than %d: split it by what its parts are for.", f.Path, f.Lines, MaxLines)
	}
	if vague[strings.TrimSuffix(f.Package, "_test")] {
		say("%s: a package named %s says nothing. Name it after what it is about, or move its parts to where they are used.", f.Path, f.Package)
	}
	for _, line := range f.Inits {
		say("%s:%d: no func init: what it registers depends on who imports it. Pass it to a constructor that internal/boot calls.", f.Path, line)
	}
	for _, line := range f.Sleeps {
		say("%s:%d: no time.Sleep in tests: it is slow and still flaky. Use testing/synctest, a channel, or the loop's test signal.", f.Path, line)
	}
	for _, imported := range f.Imports {
		if strings.HasPrefix(imported, "github.com/stretchr/testify") {
			say("%s imports testify: use testing and go-cmp.", f.Path)
		}
	}
	return wrong
}

// Docs demands a package comment of each package.
func Docs(files []File) []string {
	documented := map[string]bool{}
	for _, f := range files {
		if f.Test || f.Generated {
			continue
		}
		documented[f.Dir()] = documented[f.Dir()] || f.Doc
	}
	var wrong []string
	for _, dir := range slices.Sorted(maps.Keys(documented)) {
		if !documented[dir] {
			wrong = append(wrong, fmt.Sprintf("%s has no package comment: say in a sentence or two what it is for (in doc.go, or the file to read first).", dir))
		}
	}
	return wrong
}

// Names demands that the adapters of a slice carry its name: node/nodegrpc, so
// that an import says whose adapter it is.
func Names(files []File) []string {
	wrong := map[string]bool{}
	for _, f := range files {
		slice, sub := sliceOf(f.Dir())
		if sub != "" && !strings.HasPrefix(path.Base(sub), slice) {
			wrong[fmt.Sprintf("%s: an adapter is named after its slice, like %s%s.", f.Dir(), slice, path.Base(sub))] = true
		}
	}
	return slices.Sorted(maps.Keys(wrong))
}

// Programs keeps main packages thin: a program is a value that tests can make too.
func Programs(f File) []string {
	if !strings.HasPrefix(f.Path, "cmd/") || f.Test || f.Lines <= 30 {
		return nil
	}
	return []string{fmt.Sprintf("%s has %d lines: main only calls the program; move the rest to internal/boot, internal/cli or internal/agent.", f.Path, f.Lines)}
}
