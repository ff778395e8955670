package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// complete prints what may stand in place of the last word: verbs, flags, and the values that are known here.
// It never asks the server, so that a key press never waits.
func (c *call) complete(app *kong.Application, words []string) int {
	if len(words) == 0 {
		words = []string{""}
	}
	before, last := words[:len(words)-1], words[len(words)-1]
	node, flag := walk(app.Node, before)
	for _, candidate := range c.candidates(node, flag, last) {
		if strings.HasPrefix(candidate, last) {
			fmt.Fprintln(c.Stdout, candidate)
		}
	}
	return 0
}

// walk follows the words into the grammar; flag is the one that waits for its value, if any.
func walk(node *kong.Node, words []string) (*kong.Node, *kong.Flag) {
	var flag *kong.Flag
	for _, word := range words {
		if flag != nil {
			flag = nil
			continue
		}
		if strings.HasPrefix(word, "-") {
			if f := findFlag(node, word); f != nil && !f.IsBool() && !strings.Contains(word, "=") {
				flag = f
			}
			continue
		}
		for _, child := range node.Children {
			if child.Name == word || slices.Contains(child.Aliases, word) {
				node = child
				break
			}
		}
	}
	return node, flag
}

func findFlag(node *kong.Node, word string) *kong.Flag {
	name, _, _ := strings.Cut(word, "=")
	for _, group := range node.AllFlags(true) {
		for _, f := range group {
			if name == "--"+f.Name || f.Short != 0 && name == "-"+string(f.Short) {
				return f
			}
		}
	}
	return nil
}

func (c *call) candidates(node *kong.Node, flag *kong.Flag, last string) []string {
	switch {
	case flag != nil && flag.Name == "language":
		return c.knownRuntimes()
	case flag != nil && flag.Name == "context":
		return c.knownContexts()
	case flag != nil:
		return words(flag.Enum)
	case strings.HasPrefix(last, "-"):
		var flags []string
		for _, group := range node.AllFlags(true) {
			for _, f := range group {
				flags = append(flags, "--"+f.Name)
			}
		}
		return flags
	case node.Name == "use" && node.Parent.Name == "context":
		return c.knownContexts()
	}
	var names []string
	for _, child := range node.Children {
		if !child.Hidden {
			names = append(names, child.Name)
		}
	}
	if len(names) == 0 && len(node.Positional) > 0 {
		return words(node.Positional[0].Enum)
	}
	return names
}

func words(enum string) []string {
	return strings.FieldsFunc(enum, func(r rune) bool { return r == ',' || r == ' ' })
}

// knownRuntimes are those that the installation had when it was last asked.
func (c *call) knownRuntimes() []string {
	_, chosen, err := c.context()
	if err != nil {
		return nil
	}
	o := c.remembered(chosen.URL)
	if o == nil {
		return nil
	}
	var names []string
	for _, r := range o.Runtimes {
		names = append(names, r.ID)
		names = append(names, r.Aliases...)
	}
	return names
}

func (c *call) knownContexts() []string {
	_, file, _ := c.config() // of a file that cannot be read none is known
	return slices.Collect(maps.Keys(file.Contexts))
}
