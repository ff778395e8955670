package execution

import (
	"cmp"
	"context"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/stoa-cloud/stoa/internal/platform/command"
)

// exampleFiles are programs that a version of a language was the first to accept:
// LANGUAGE/SINCE-NAME.EXTENSION, whose first line is a comment that says what it shows,
// and beside it LANGUAGE/SINCE-NAME.out, what it prints.
//
//go:embed _examples
var exampleFiles embed.FS

// Example is a program that shows what a language accepts from some version on.
type Example struct {
	Name     string // "python/3.10-match"
	Language string // the runtime's name
	Since    string // the first version that runs it
	Title    string
	Source   string
	Output   string // what it prints

	RunsOn []string // runtimes that nodes have now, the newest first
	Needs  string   // what is missing, when RunsOn is empty
}

// ListExamples asks for the examples of a language, or of all.
type ListExamples struct{ Language string }

// Examples reads every example, by language and version, without where it runs.
func Examples() ([]Example, error) {
	root, err := fs.Sub(exampleFiles, "_examples")
	if err != nil {
		return nil, err
	}
	var all []Example
	err = fs.WalkDir(root, ".", func(at string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(at) == ".out" {
			return err
		}
		source, err := fs.ReadFile(root, at)
		if err != nil {
			return err
		}
		name := strings.TrimSuffix(at, path.Ext(at))
		output, err := fs.ReadFile(root, name+".out")
		if err != nil {
			return err
		}
		since, _, _ := strings.Cut(path.Base(name), "-")
		title, _, _ := strings.Cut(string(source), "\n")
		all = append(all, Example{
			Name: name, Language: path.Dir(name), Since: since, Title: strings.TrimLeft(title, "#/ "), Source: string(source), Output: string(output),
		})
		return nil
	})
	slices.SortStableFunc(all, func(a, b Example) int {
		return cmp.Or(cmp.Compare(a.Language, b.Language), CompareVersions(a.Since, b.Since))
	})
	return all, err
}

func (s *Slice) listExamples(ctx context.Context, q command.Query, in ListExamples) ([]Example, error) {
	runtimes, err := s.catalogue.all(ctx, q, q.Now)
	if err != nil {
		return nil, err
	}
	all, err := Examples()
	if err != nil {
		return nil, fmt.Errorf("read examples: %w", err)
	}
	if in.Language != "" {
		all = slices.DeleteFunc(all, func(e Example) bool { return e.Language != in.Language })
	}
	for i := range all {
		all[i].place(runtimes)
	}
	return all, nil
}

// place tells where the example runs, or what it would need.
func (e *Example) place(runtimes []Runtime) {
	ready := slices.DeleteFunc(slices.Clone(runtimes), func(r Runtime) bool { return r.Name != e.Language || r.Nodes == 0 })
	slices.SortFunc(ready, func(a, b Runtime) int { return CompareVersions(b.Version, a.Version) })
	for _, r := range ready {
		if CompareVersions(r.Version, e.Since) >= 0 {
			e.RunsOn = append(e.RunsOn, r.ID)
		}
	}
	switch {
	case len(e.RunsOn) > 0:
	case len(ready) > 0:
		e.Needs = fmt.Sprintf("%s %s or newer; the newest here is %s", e.Language, e.Since, ready[0].Version)
	default:
		e.Needs = fmt.Sprintf("%s %s or newer; no node has any", e.Language, e.Since)
	}
}
