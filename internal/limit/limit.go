// Package limit knows what everybody may do how much of.
//
// Two kinds, one table. A *setting* is a preference: the nearest scope that set
// it wins (user, project, unit, organization, global). A *limit* is a bound: the
// smallest of all scopes applies, so nobody gets more by setting something, and
// raising one takes the outer scope's grant. Definitions are data; what somebody
// set is stored; both are read through Reader, in memory.
package limit

import (
	"fmt"
	"slices"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Kind says how values of several scopes become one.
type Kind string

// The kinds.
const (
	Setting Kind = "setting" // the nearest scope wins
	Limit   Kind = "limit"   // the smallest of all scopes applies
)

// Scope says whose a value is.
type Scope string

// The scopes, from the outermost to the innermost. Units nest.
const (
	Global       Scope = "global"
	Organization Scope = "organization"
	Unit         Scope = "unit"
	Project      Scope = "project"
	Member       Scope = "member" // a user within one organization, whose administrators set it
	User         Scope = "user"
)

// Scopes lists every scope, outermost first.
func Scopes() []Scope { return []Scope{Global, Organization, Unit, Project, Member, User} }

// Definition declares a setting or limit. It holds numbers in Unit, or, when Words
// is not empty, one of those words.
type Definition struct {
	Name         string // "execution.timeout.max_ms"
	Kind         Kind
	Unit         string // "ms", "bytes", "percent", …
	Default      int64
	Min, Max     int64    // what may be set, both included
	Words        []string // values in words; the first is the default, and of a limit they go from the most to the least
	Destinations bool     // values are lists of destinations, "pypi.org:443 *.example.com", or "none", the default
	GlobalOnly   bool     // it makes no sense per organization, project or user
	OperatorOnly bool     // only operators set it, whosever it is
	Help         string   // one sentence
}

// amount is how much a value admits: its number, or how far its word is from the least.
func (d Definition) amount(number *int64, word string) int64 {
	switch {
	case number != nil:
		return *number
	case d.Kind == Limit && len(d.Words) > 0:
		return int64(len(d.Words) - 1 - slices.Index(d.Words, word))
	}
	return 0
}

// inWords tells whether the values are words.
func (d Definition) inWords() bool { return len(d.Words) > 0 || d.Destinations }

// check refuses a value that the definition does not admit.
func (d Definition) check(number *int64, word string) error {
	if d.Destinations {
		if _, err := readDestinations(word); err != nil {
			return fault.New(fault.Invalid, "limit.value_invalid", "%s: %s.", d.Name, err).At("body.value", err.Error())
		}
		return nil
	}
	switch {
	case d.inWords() && !slices.Contains(d.Words, word):
		return fault.New(fault.Invalid, "limit.value_invalid", "%s is one of %v.", d.Name, d.Words).At("body.value", "is not one of the words")
	case !d.inWords() && number == nil:
		return fault.New(fault.Invalid, "limit.value_invalid", "%s is a number.", d.Name).At("body.value", "is not a number")
	case !d.inWords() && (*number < d.Min || *number > d.Max):
		return fault.New(fault.Invalid, "limit.value_invalid", "%s is between %d and %d (%s).", d.Name, d.Min, d.Max, d.Unit).
			At("body.value", "is out of range")
	}
	return nil
}

// Subject is whose settings and limits are asked for. What is not known stays
// zero; organization and units follow from the project when they matter.
type Subject struct {
	User         ident.ID
	Project      ident.ID
	Units        []ident.ID // innermost first
	Organization ident.ID
}

// Value is what applies, and whose it is.
type Value struct {
	Name   string
	Unit   string
	Number int64
	Word   string // of a value in words
	Scope  Scope
	Owner  ident.ID // of that scope; zero when global
	Within ident.ID // of a member's: the organization
}

// Int is the number.
func (v Value) Int() int64 { return v.Number }

// Text is the word of a setting in words.
func (v Value) Text() string { return v.Word }

// Refuse makes the fault of whoever went over the value. format says what was
// asked for; the name, the value and whose it is are added.
func (v Value) Refuse(code, format string, args ...any) error {
	return fault.New(fault.Limited, code, "%s (%s is %v, set for %s.)", fmt.Sprintf(format, args...), v.Name, v.shown(), whose(v.Scope)).
		Over(v.limit())
}

// limit is the value as faults carry it.
func (v Value) limit() fault.Limit {
	l := fault.Limit{Name: v.Name, Value: v.Number, Text: v.Word, Unit: v.Unit, Scope: string(v.Scope)}
	if v.Word != "" {
		l.Value = 0
	}
	if !v.Owner.IsZero() {
		l.Owner = v.Owner.String()
	}
	return l
}

func (v Value) shown() any {
	if v.Word != "" {
		return "“" + v.Word + "”"
	}
	return v.Number
}

// whose says a scope in words.
func whose(s Scope) string {
	switch s {
	case Global:
		return "the whole installation"
	case Member:
		return "this member by an administrator of the organization"
	}
	return "this " + string(s)
}
