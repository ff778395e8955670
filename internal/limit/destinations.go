package limit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stoa-cloud/stoa/internal/platform/destination"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

// none is the list without entries, in words.
const none = "none"

// readDestinations reads a value of a Definition with Destinations: entries with spaces between, or "none".
func readDestinations(word string) (destination.List, error) {
	if word == none {
		return nil, nil
	}
	entries := strings.Fields(word)
	if len(entries) == 0 {
		return nil, fmt.Errorf("has no entries; write %q for that", none)
	}
	return destination.ParseList(entries)
}

func writeDestinations(l destination.List) string {
	if len(l) == 0 {
		return none
	}
	return strings.Join(l.Strings(), " ")
}

// meet is resolve for lists of destinations: what every scope admits. Whose it is: the
// outermost scope that is to blame for what is missing.
func (d Definition) meet(set values, who Subject) Value {
	effective := d.fallback()
	var list destination.List
	for i, place := range slices.Backward(who.chain()) {
		v, ok := set[place]
		if !ok {
			continue
		}
		own, err := readDestinations(d.valueOf(v).Word)
		if err != nil { // checked when it was set
			own = nil
		}
		outermost := i == len(who.chain())-1
		if outermost {
			list, effective = own, d.valueOf(v)
			continue
		}
		if narrowed := list.Meet(own); !slices.Equal(narrowed, list) {
			list, effective = narrowed, d.valueOf(v)
		}
	}
	effective.Word = writeDestinations(list)
	return effective
}

// grantedDestinations refuses entries that the scopes around do not admit.
func (d Definition) grantedDestinations(rows []row, t Target, place Place, word string) error {
	outer, bounded := d.around(rows, t, place)
	if !bounded {
		return nil
	}
	around, err := readDestinations(outer.Word)
	if err != nil {
		return err
	}
	asked, err := readDestinations(word)
	if err != nil {
		return err
	}
	for _, r := range asked {
		if !around.Admits(r) {
			return fault.New(fault.Denied, "limit.needs_grant", "%s does not admit “%s” here; it is “%s”, set for %s. Ask whoever may widen that first; until then the entry would not apply.",
				d.Name, r, outer.Word, whose(outer.Scope)).Over(fault.Limit{Name: d.Name, Unit: d.Unit, Scope: string(outer.Scope)})
		}
	}
	return nil
}
