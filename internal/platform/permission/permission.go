// Package permission answers one question: may somebody who holds these roles
// issue this command or query? The answers stand in one table, made of data,
// that tests compare with every route and every registered command.
package permission

import (
	"slices"
	"sort"
)

// Role is a word that a membership grants. The business's roles are defined by tenancy;
// the ones here follow from how a caller arrived.
type Role string

// Roles that no membership grants.
const (
	Anyone        Role = "anyone"        // everybody, signed in or not
	Authenticated Role = "authenticated" // a person or service account that proved who it is
	Self          Role = "self"          // the owner of the very thing addressed
	Agent         Role = "agent"         // a node, by its certificate
	System        Role = "system"        // Stoa itself: consumers, reconcilers, flows
)

// Table says which roles may issue each command and query, by name.
type Table map[string][]Role

// Allows tells whether any of the held roles may issue name. Unknown names are refused.
func (t Table) Allows(name string, held []Role) bool {
	for _, role := range t[name] {
		if slices.Contains(held, role) {
			return true
		}
	}
	return false
}

// Names lists every name in the table, sorted.
func (t Table) Names() []string {
	names := make([]string, 0, len(t))
	for name := range t {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
