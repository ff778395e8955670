// Package file keeps uploads: contents that runs take by reference instead of
// carrying them along.
//
// Invariants. A file is there with its whole content or not at all. Its content never changes. A project has each content once: who
// uploads it again gets the file that is there. What runs is a copy: an execution
// doesn't change when a file that it named goes.
package file

import (
	"crypto/sha256"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Kind is the aggregate's name in events and audit records.
const Kind = "file"

// File is an upload, without its content.
type File struct {
	ID             ident.ID  `db:"id"`
	Version        int64     `db:"version"` // of the row, for optimistic concurrency
	OrganizationID ident.ID  `db:"organization_id"`
	ProjectID      ident.ID  `db:"project_id"`
	OwnerID        ident.ID  `db:"owner_id"` // who uploaded it first
	Name           string    `db:"name"`     // as it was uploaded first
	Size           int64     `db:"size"`     // bytes
	SHA256         []byte    `db:"sha256"`
	CreatedAt      time.Time `db:"created_at"`
	UploadedAt     time.Time `db:"uploaded_at"` // last; retention runs from here
}

// piece is how much of a content is read or written at once, in bytes.
const piece = 256 << 10

// maxName bounds a file's name, in bytes: what a file system holds.
const maxName = 255

func (f *File) changed() eventlog.Aggregate {
	f.Version++
	return eventlog.Aggregate{Kind: Kind, ID: f.ID, Version: f.Version}
}

func (f *File) scope() command.Scope {
	return command.Scope{Organization: f.OrganizationID, Project: f.ProjectID, Owner: f.OwnerID}
}

func digest(content []byte) []byte {
	sum := sha256.Sum256(content)
	return sum[:]
}

func checkName(name string) error {
	if name == "" || name == "." || name == ".." || len(name) > maxName || !utf8.ValidString(name) || strings.ContainsAny(name, `/\`) ||
		strings.ContainsFunc(name, unicode.IsControl) {
		return fault.New(fault.Invalid, "file.invalid", "The file cannot be kept under this name.").
			At("query.name", "must be 1 to 255 bytes of text, without control characters, “/” or “\\”, and no “.” or “..”")
	}
	return nil
}
