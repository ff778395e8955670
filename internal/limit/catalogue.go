package limit

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

// Catalogue is every definition of the installation, by name.
type Catalogue struct {
	byName map[string]Definition
	names  []string // sorted
}

var namePattern = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$`)

// NewCatalogue joins tables of definitions. What would confuse people later is an error now.
func NewCatalogue(tables ...[]Definition) (*Catalogue, error) {
	c := &Catalogue{byName: map[string]Definition{}}
	for _, d := range slices.Concat(tables...) {
		if err := d.sane(); err != nil {
			return nil, fmt.Errorf("define %q: %w", d.Name, err)
		}
		if _, taken := c.byName[d.Name]; taken {
			return nil, fmt.Errorf("define %q: it is defined twice", d.Name)
		}
		c.byName[d.Name] = d
		c.names = append(c.names, d.Name)
	}
	slices.Sort(c.names)
	return c, nil
}

func (d Definition) sane() error {
	switch {
	case !namePattern.MatchString(d.Name):
		return fmt.Errorf("the name must look like slice.thing")
	case d.Kind != Setting && d.Kind != Limit:
		return fmt.Errorf("the kind %q is unknown", d.Kind)
	case len(d.Words) == 1:
		return fmt.Errorf("one word is no choice")
	case !d.inWords() && (d.Default < d.Min || d.Default > d.Max):
		return fmt.Errorf("the default %d is not between %d and %d", d.Default, d.Min, d.Max)
	case !strings.HasSuffix(d.Help, "."):
		return fmt.Errorf("the help must be a sentence")
	}
	return nil
}

// Names lists every name, sorted.
func (c *Catalogue) Names() []string { return slices.Clone(c.names) }

// Definition finds a definition; an unknown name is NotFound.
func (c *Catalogue) Definition(name string) (Definition, error) {
	d, ok := c.byName[name]
	if !ok {
		return d, fault.New(fault.NotFound, "limit.unknown", "There is no setting or limit %q.", name)
	}
	return d, nil
}

// fallback is the value when nobody set one.
func (d Definition) fallback() Value {
	v := Value{Name: d.Name, Unit: d.Unit, Number: d.Default, Scope: Global}
	if d.inWords() {
		v.Word = append(slices.Clone(d.Words), none)[0]
		v.Number = d.amount(nil, v.Word)
	}
	return v
}
