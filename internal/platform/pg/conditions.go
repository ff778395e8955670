package pg

import (
	"fmt"
	"strings"
)

// Conditions narrow a query that ends in WHERE …%s: a statement names only what it
// narrows by, so that the planner can choose the index that fits.
type Conditions struct {
	Args []any // of the statement: its own first, then those of the conditions
	sql  strings.Builder
}

// And adds a condition, with $%d in place of each of its values.
func (c *Conditions) And(condition string, values ...any) {
	numbers := make([]any, len(values))
	for i, v := range values {
		c.Args = append(c.Args, v)
		numbers[i] = len(c.Args)
	}
	fmt.Fprintf(&c.sql, " AND "+condition, numbers...)
}

// String is what stands behind the query's own conditions.
func (c *Conditions) String() string { return c.sql.String() }
