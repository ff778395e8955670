// Package plain makes texts that somebody else chose fit to be stored, sent and shown.
// What a program, a name server or an error's text says may be no text at all, and
// neither the database nor a protocol takes that: one such text would keep everything
// that travels with it from arriving, again with every try.
package plain

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text keeps line breaks and tabs. Every other control character, and what is not
// UTF-8, becomes U+FFFD; what is longer than so many characters ends with “…”.
func Text(s string, most int) string {
	return fit(s, most, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' })
}

// Line is Text without line breaks and tabs: for names.
func Line(s string, most int) string { return fit(s, most, unicode.IsControl) }

func fit(s string, most int, unfit func(rune) bool) string {
	s = strings.Map(func(r rune) rune { // gives U+FFFD for each byte that is not UTF-8
		if unfit(r) {
			return utf8.RuneError
		}
		return r
	}, s)
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}
