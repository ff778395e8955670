package archtest

import (
	"fmt"
	"maps"
	"slices"

	"github.com/stoa-cloud/stoa/internal/platform/permission"
)

// Coverage compares what a running program knows: the bound commands and queries
// (command.Runner.Registered), the permission table, and the names of the API's
// operations (httpx.Operations). internal/boot's tests call it, because only the
// composed program has all three.
func Coverage(registered map[string]bool, table permission.Table, operations []string) []string {
	var wrong []string
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	for _, name := range slices.Sorted(maps.Keys(registered)) {
		if _, ok := table[name]; !ok {
			say("%s is bound, but the permission table does not know it, so nobody may issue it. Add it to tenancy.Permissions.", name)
		}
	}
	for _, name := range table.Names() {
		if _, ok := registered[name]; !ok {
			say("%s is in the permission table, but nothing is bound under that name. Bind it, or take it out.", name)
		}
		if len(table[name]) == 0 {
			say("%s has no roles in the permission table. Name one, permission.System if only Stoa itself issues it.", name)
		}
	}
	for _, name := range operations {
		if _, ok := registered[name]; !ok {
			say("the API's operation %s is no bound command or query. Its OperationID must be the bound name.", name)
		}
	}
	return wrong
}
