package cli

import (
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// Who types what the guide shows is understood: every command line of its examples is one.
func TestExamplesOfTheGuideAreCommands(t *testing.T) {
	seen := 0
	guide := os.DirFS("../../docs")
	err := fs.WalkDir(guide, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".md") || path == "cli.md" {
			return err
		}
		text, err := fs.ReadFile(guide, path)
		if err != nil {
			return err
		}
		for _, line := range examples(string(text)) {
			args, ok := typed(line)
			if !ok {
				t.Errorf("%s: %s: the quotes do not match", path, line)
				continue
			}
			parser, err := newParser(&grammar{}, kong.Exit(func(int) {}))
			if err != nil {
				return err
			}
			if _, err := parser.Parse(args[1:]); err != nil {
				t.Errorf("%s: %s: %v", path, line, err)
			}
			seen++
		}
		return nil
	})
	if err != nil || seen < 50 {
		t.Fatalf("%d commands, %v", seen, err)
	}
}

// examples are the command lines of stoa in the code blocks of a page.
func examples(page string) (lines []string) {
	for i, block := range strings.Split(page, "\n```") {
		if i%2 == 0 {
			continue
		}
		for line := range strings.Lines(strings.ReplaceAll(block, "\\\n", " ")) {
			line = strings.TrimPrefix(strings.TrimSpace(line), "$ ")
			if strings.HasPrefix(line, "stoa ") {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// typed splits a line as a shell does, up to what is none of the command's business.
func typed(line string) (all []string, ok bool) {
	var word strings.Builder
	var quote rune
	in := false
	end := func() {
		if in {
			all = append(all, word.String())
		}
		word.Reset()
		in = false
	}
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, in = r, true
		case r == ' ':
			end()
		case strings.ContainsRune("|<>;#&", r) && !in:
			return all, true
		default:
			word.WriteRune(r)
			in = true
		}
	}
	end()
	return all, quote == 0
}
