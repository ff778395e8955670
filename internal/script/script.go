// Package script keeps programs that people want to run again: a script has a
// name in its project and versions that never change.
//
// Invariants. A version is written once. A private script is visible to its owner
// alone; a shared one to everybody who sees the project, and then its name is the
// only one of its kind there. What runs is a copy: an execution doesn't change
// when its script does.
package script

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Kind is the aggregate's name in events and audit records.
const Kind = "script"

// Script is a program under a name.
type Script struct {
	ID             ident.ID  `db:"id"`
	Version        int64     `db:"version"` // of the row, for optimistic concurrency
	OrganizationID ident.ID  `db:"organization_id"`
	ProjectID      ident.ID  `db:"project_id"`
	OwnerID        ident.ID  `db:"owner_id"`
	Name           string    `db:"name"`
	Description    string    `db:"description"`
	Shared         bool      `db:"shared"`
	Latest         int       `db:"latest"` // number of the newest version
	CreatedAt      time.Time `db:"created_at"`
	UpdatedAt      time.Time `db:"updated_at"`
}

// Revision is one version of a script. It never changes.
type Revision struct {
	Number    int       `db:"number"`
	Runtime   string    `db:"runtime"` // "python@3.11"
	Source    string    `db:"source"`
	AuthorID  ident.ID  `db:"author_id"`
	CreatedAt time.Time `db:"created_at"`
}

// Content is what a version holds.
type Content struct {
	Runtime string
	Source  string
}

func (s *Script) changed(at time.Time) eventlog.Aggregate {
	s.Version++
	s.UpdatedAt = at
	return eventlog.Aggregate{Kind: Kind, ID: s.ID, Version: s.Version}
}

// Ref names a script: by id, or by name in a project, with a version or without.
type Ref struct {
	ProjectID ident.ID // zero: the caller's default
	Script    string   // "hello", "hello@2", or an id
	Number    int      // zero: the newest, unless Script says
}

// Parse takes the version off the name.
func (r Ref) parse() (name string, number int, err error) {
	name, suffix, found := strings.Cut(r.Script, "@")
	if !found {
		return name, r.Number, nil
	}
	number, err = strconv.Atoi(suffix)
	if err != nil || number < 1 || r.Number != 0 && r.Number != number {
		return "", 0, fault.New(fault.Invalid, "script.version_invalid", "%q names no version: write %s@1, %s@2, and so on.", r.Script, name, name).
			At("path.script", "has a version that is no number")
	}
	return name, number, nil
}

var names = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)

// What no setting can widen.
const (
	maxSource      = 1 << 20 // bytes
	maxDescription = 500     // characters
)

func checkName(name string, bad *fault.Error) {
	_, err := ident.Parse(name)
	if !names.MatchString(name) || err == nil {
		bad.At("body.name", "must be 1 to 63 of a-z, 0-9, “.”, “_”, “-”, begin with a letter or digit, and be no id")
	}
}

func checkDescription(text string, bad *fault.Error) {
	if !utf8.ValidString(text) || utf8.RuneCountInString(text) > maxDescription {
		bad.At("body.description", "is longer than 500 characters, or is not text")
	}
}

func (c Content) check(bad *fault.Error) {
	if c.Runtime == "" || len(c.Runtime) > 64 {
		bad.At("body.runtime", "is required, such as “python” or “python@3.11”")
	}
	switch {
	case c.Source == "":
		bad.At("body.source", "is empty")
	case len(c.Source) > maxSource || !utf8.ValidString(c.Source) || strings.ContainsRune(c.Source, 0):
		bad.At("body.source", "must be UTF-8 without NUL, of at most 1 MiB")
	}
}

func invalid() *fault.Error {
	return fault.New(fault.Invalid, "script.invalid", "The script cannot be saved as it is.")
}

func orNil(bad *fault.Error) error {
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}
