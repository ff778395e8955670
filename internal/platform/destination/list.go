package destination

import (
	"fmt"
	"net/netip"
	"slices"
)

// List admits what any of its rules admits.
type List []Rule

// ParseList reads rules; the error names the first wrong one.
func ParseList(texts []string) (List, error) {
	list := make(List, 0, len(texts))
	for _, text := range texts {
		r, err := Parse(text)
		if err != nil {
			return nil, fmt.Errorf("“%.100s” %w", text, err)
		}
		if !slices.Contains(list, r) {
			list = append(list, r)
		}
	}
	return list, nil
}

// Strings writes the rules as ParseList reads them.
func (l List) Strings() []string {
	texts := make([]string, len(l))
	for i, r := range l {
		texts[i] = r.String()
	}
	return texts
}

// Name tells whether the list admits a name at the port, port 0 any port.
func (l List) Name(name string, port uint16) bool {
	return slices.ContainsFunc(l, func(r Rule) bool { return r.Name(name, port) })
}

// Address tells whether the list, without help of a name, admits an address at the port, port 0 any port.
func (l List) Address(a netip.Addr, port uint16) bool {
	return slices.ContainsFunc(l, func(r Rule) bool { return r.Address(a, port) })
}

// Admits tells whether one rule of the list admits all that r does.
func (l List) Admits(r Rule) bool {
	return slices.ContainsFunc(l, func(outer Rule) bool {
		both, ok := outer.Meet(r)
		return ok && both == r
	})
}

// Meet is the list of what both admit.
func (l List) Meet(o List) List {
	var both List
	for _, a := range l {
		for _, b := range o {
			if r, ok := a.Meet(b); ok && !slices.Contains(both, r) {
				both = append(both, r)
			}
		}
	}
	return both
}
