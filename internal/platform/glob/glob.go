// Package glob matches slash-separated paths with patterns: those of path.Match for
// each element, and “**” for any number of elements, none included. The control plane
// checks patterns with it, and agents pick files with it.
package glob

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"
)

// Bounds of one pattern.
const (
	MaxLength   = 255 // bytes
	MaxElements = 32
)

// Check tells why a pattern cannot be one: it is empty, too long, absolute, leaves its
// folder, or is malformed as path.Match says.
func Check(pattern string) error {
	elements := strings.Split(pattern, "/")
	switch {
	case pattern == "":
		return errors.New("it is empty")
	case len(pattern) > MaxLength:
		return fmt.Errorf("it is longer than %d bytes", MaxLength)
	case len(elements) > MaxElements:
		return fmt.Errorf("it has more than %d elements", MaxElements)
	case !utf8.ValidString(pattern) || strings.ContainsRune(pattern, 0):
		return errors.New("it is not text")
	case strings.HasPrefix(pattern, "/"):
		return errors.New("it is absolute: patterns are relative to the program's folder")
	}
	for _, e := range elements {
		switch {
		case e == "" || e == "." || e == "..":
			return fmt.Errorf("it has the element %q: files outside of the program's folder are not to be had", e)
		case e != "**" && strings.Contains(e, "**"):
			return errors.New("“**” stands for whole elements: write “out/**”")
		}
		if _, err := path.Match(e, ""); err != nil {
			return fmt.Errorf("%q is malformed", e)
		}
	}
	return nil
}

// Match tells whether a path matches a pattern that Check has passed. Its time grows
// with the product of both numbers of elements, whatever they are.
func Match(pattern, name string) bool {
	wanted, elements := strings.Split(pattern, "/"), strings.Split(name, "/")
	// reach[i]: the elements so far match the first i of the pattern.
	reach := make([]bool, len(wanted)+1)
	reach[0] = true
	skip(wanted, reach)
	for _, e := range elements {
		next := make([]bool, len(reach))
		for i, w := range wanted {
			switch ok, _ := path.Match(w, e); {
			case !reach[i]:
			case w == "**":
				next[i] = true
			case ok:
				next[i+1] = true
			}
		}
		reach = next
		skip(wanted, reach)
	}
	return reach[len(wanted)]
}

// skip lets each “**” that is reached stand for nothing.
func skip(wanted []string, reach []bool) {
	for i, w := range wanted {
		if reach[i] && w == "**" {
			reach[i+1] = true
		}
	}
}
