// Package secret keeps what must not be seen out of logs, answers and events,
// and makes the tokens that Stoa hands out.
package secret

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"log/slog"
)

const hidden = "***"

// String is a secret text. It prints and marshals as ***, whatever the verb or
// format; Reveal is the one way to its value, easy to find in a review.
type String struct{ value string }

// New wraps a secret text.
func New(value string) String { return String{value} }

// Reveal gives the value. Never log it, nor put it into an error, event or audit record.
func (s String) Reveal() string { return s.value }

// IsEmpty tells whether there is no text.
func (s String) IsEmpty() bool { return s.value == "" }

// Equal compares in time that does not depend on where they differ.
func (s String) Equal(other String) bool {
	return subtle.ConstantTimeCompare([]byte(s.value), []byte(other.value)) == 1
}

func (s String) String() string { return hidden }

// Format hides the value from every verb, %#v and %x included.
func (s String) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// LogValue hides the value from slog.
func (s String) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the value from JSON, YAML and their like.
func (s String) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// UnmarshalText reads a secret from a request or a file.
func (s *String) UnmarshalText(b []byte) error {
	s.value = string(b)
	return nil
}

// encoding has no characters that a double click would stop at.
var encoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Random makes a text of n random bytes, in lower-case letters and digits.
func Random(n int) String {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: crypto/rand crashes the program instead
	return String{encoding.EncodeToString(b)}
}
