package archtest

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	testName = regexp.MustCompile(`\b(?:Test|Fuzz)[A-Z]\w+`)
	testFunc = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
)

// A page that says which test shows something must name one that is there.
func TestPagesNameTestsThatExist(t *testing.T) {
	there, named := map[string]bool{}, map[string]string{}
	err := filepath.WalkDir("../..", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() && (entry.Name() == "node_modules" || strings.HasPrefix(entry.Name(), ".") && name != "../..") {
			return errOrSkip(err)
		}
		pattern, into := testFunc, func(found []string) { there[found[1]] = true }
		switch {
		case strings.HasSuffix(name, ".md"):
			pattern, into = testName, func(found []string) { named[found[0]] = name }
		case !strings.HasSuffix(name, "_test.go") && !strings.Contains(name, "test/"):
			return nil
		}
		if entry.IsDir() {
			return nil
		}
		text, err := os.ReadFile(name)
		for _, found := range pattern.FindAllStringSubmatch(string(text), -1) {
			into(found)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(named) == 0 {
		t.Fatal("no page names a test: is this the root of the repository?")
	}
	for name, page := range named {
		if !there[name] {
			t.Errorf("%s names %s, which is no test here", page, name)
		}
	}
}

func errOrSkip(err error) error {
	if err != nil {
		return err
	}
	return filepath.SkipDir
}

// The page about the sandbox knows every group of attacks.
func TestEveryGroupOfAttacksIsExplained(t *testing.T) {
	page, err := os.ReadFile("../../docs/security/sandbox.md")
	if err != nil {
		t.Fatal(err)
	}
	groups, err := filepath.Glob("../agent/attack/attacks/[0-9]*")
	if err != nil || len(groups) == 0 {
		t.Fatal("there are no attacks:", err)
	}
	for _, group := range groups {
		if name := strings.ReplaceAll(filepath.Base(group), "-", " "); !strings.Contains(string(page), "\n| "+name+" | ") {
			t.Errorf("docs/security/sandbox.md does not say what %q is", name)
		}
	}
}
