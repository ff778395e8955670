// Package fault is the one error vocabulary of Stoa.
//
// A fault has a kind (what sort of thing went wrong, for machines), a stable
// code (which rule, for programs and docs) and a message (for the person who
// must do something about it). It is made where the rule is known and
// translated exactly once per edge: HTTP, the agent protocol, the CLI.
// Everything that is not a fault is Internal, and its text stays inside.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Kind says what sort of thing went wrong. Kinds decide status codes, retries and log levels.
type Kind uint8

// The kinds. Internal is the zero value: an error nobody classified is ours.
const (
	Internal        Kind = iota // our bug or our machine; the text is hidden
	Invalid                     // the request's shape or values are wrong
	Unauthenticated             // nobody, or a credential that does not hold
	Denied                      // known, but not allowed
	NotFound                    // not there, or not visible to this caller
	Conflict                    // the state does not admit this
	Mismatch                    // same idempotency key or version, other content
	Limited                     // a limit, quota or rate was hit
	Unavailable                 // not now; the same request may succeed later
)

var kindNames = [...]string{"internal", "invalid", "unauthenticated", "denied", "not_found", "conflict", "mismatch", "limited", "unavailable"}

// Kinds lists every kind, for tables and tests at the edges.
func Kinds() []Kind {
	kinds := make([]Kind, len(kindNames))
	for i := range kinds {
		kinds[i] = Kind(i)
	}
	return kinds
}

func (k Kind) String() string { return kindNames[k] }

// Error is a fault.
type Error struct {
	Kind    Kind
	Code    string // stable, "slice.rule": "execution.source_too_long"
	Message string // a sentence for the caller: names the limit hit, or what to do
	Fields  []Field
	Limit   *Limit
	Retry   time.Duration // when trying again makes sense; zero if unknown
	Err     error         // the cause, for logs only
}

// Field points at one bad value of the input.
type Field struct {
	Path    string `json:"location"` // "body.limits.memory_bytes"
	Message string `json:"message"`
}

// Limit names the limit that was hit, its value, and whose it is.
type Limit struct {
	Name  string `json:"name"`           // "execution.concurrent"
	Value int64  `json:"value"`          // in the limit's own unit
	Text  string `json:"text,omitempty"` // of a limit in words, in place of Value: "pypi.org:443 *.example.com"
	Unit  string `json:"unit,omitempty"`
	Scope string `json:"scope"` // "user", "project", "organization", "plan", "global"
	Owner string `json:"owner,omitempty"`
}

func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %s: %v", e.Code, e.Message, e.Err)
	}
	return e.Code + ": " + e.Message
}

func (e *Error) Unwrap() error { return e.Err }

// New makes a fault. Message is formatted.
func New(kind Kind, code, format string, args ...any) *Error {
	return &Error{Kind: kind, Code: code, Message: fmt.Sprintf(format, args...)}
}

// Because attaches the cause, which reaches logs and never callers.
func (e *Error) Because(err error) *Error {
	e.Err = err
	return e
}

// After says when trying again makes sense.
func (e *Error) After(d time.Duration) *Error {
	e.Retry = d
	return e
}

// At points at the input value that is wrong.
func (e *Error) At(path, message string) *Error {
	e.Fields = append(e.Fields, Field{Path: path, Message: message})
	return e
}

// Over names the limit that was hit.
func (e *Error) Over(l Limit) *Error {
	e.Limit = &l
	return e
}

// Of returns the fault inside err; anything else becomes an Internal one that keeps err as its cause.
func Of(err error) *Error {
	if f, ok := errors.AsType[*Error](err); ok {
		return f
	}
	return &Error{Kind: Internal, Code: "internal", Message: "Something went wrong on our side. The correlation id finds it in the logs.", Err: err}
}

// KindOf is Of(err).Kind; a nil error has no kind and must not be asked for one.
func KindOf(err error) Kind { return Of(err).Kind }

// Is tells whether err carries the given code.
func Is(err error, code string) bool {
	f, ok := errors.AsType[*Error](err)
	return ok && f.Code == code
}
