package eventlog

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
)

// Catalogue is every type of event that this program writes, with its Go type.
// Within a version types only grow: fields are added, never renamed or removed.
type Catalogue struct {
	facts map[string]reflect.Type
	names []string
}

// typeName is "slice.what_happened.v1".
var typeName = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+\.v[1-9][0-9]*$`)

// NewCatalogue makes a catalogue of facts given as values, one per type of event.
func NewCatalogue(facts ...Fact) (*Catalogue, error) {
	c := &Catalogue{facts: map[string]reflect.Type{}}
	for _, fact := range facts {
		name := fact.EventType()
		if !typeName.MatchString(name) {
			return nil, fmt.Errorf("event type %q is not like “slice.what_happened.v1”", name)
		}
		if _, taken := c.facts[name]; taken {
			return nil, fmt.Errorf("event type %q is declared twice", name)
		}
		c.facts[name] = reflect.TypeOf(fact)
		c.names = append(c.names, name)
	}
	slices.Sort(c.names)
	return c, nil
}

// Types lists the names, sorted.
func (c *Catalogue) Types() []string { return slices.Clone(c.names) }

// Type is the Go type behind a name.
func (c *Catalogue) Type(name string) (reflect.Type, bool) {
	t, known := c.facts[name]
	return t, known
}

// Decode reads an event's data as the Go type that its name stands for.
func (c *Catalogue) Decode(e Event) (Fact, error) {
	t, known := c.facts[e.Type]
	if !known {
		return nil, fmt.Errorf("decode event %s: type %q is not in the catalogue", e.ID, e.Type)
	}
	v := reflect.New(t)
	if err := json.Unmarshal(e.Data, v.Interface()); err != nil {
		return nil, fmt.Errorf("decode %s %s: %w", e.Type, e.ID, err)
	}
	return v.Elem().Interface().(Fact), nil
}
