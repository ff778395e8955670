package crash

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// point finds labels in code: crash.Point("agent.claimed"), crash.Point(spec.Name + ".before_commit").
var point = regexp.MustCompile(`crash\.Point\((?:[\w.]+ \+ )?"([^"]+)"\)`)

// Every label in the code is one that some test stands at, and the other way round.
func TestEveryLabelIsVisited(t *testing.T) {
	visited := slices.Concat(outside, uploading)
	for _, p := range points {
		if p.victim != "kill" {
			visited = append(visited, p.label)
		}
	}
	var labels []string // those of commands begin with a dot
	err := filepath.WalkDir(filepath.Join("..", "..", "internal"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		found := point.FindAllStringSubmatch(string(text), -1)
		if n := strings.Count(string(text), "crash.Point("); n != len(found) {
			t.Errorf("%s: %d of %d labels can be read; write them as text, or as a command's name and text", path, len(found), n)
		}
		for _, match := range found {
			labels = append(labels, match[1])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	fits := func(label, visit string) bool {
		return label == visit || strings.HasPrefix(label, ".") && strings.HasSuffix(visit, label)
	}
	for _, label := range labels {
		if !slices.ContainsFunc(visited, func(visit string) bool { return fits(label, visit) }) {
			t.Errorf("no test stands at %q: add it to points, or to a test of its own", label)
		}
	}
	for _, visit := range visited {
		if !slices.ContainsFunc(labels, func(label string) bool { return fits(label, visit) }) {
			t.Errorf("%q is no label any more", visit)
		}
	}
}
