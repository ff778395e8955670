// Package scrub keeps credentials and personal data out of logs, events, the audit
// trail and error answers. It is the last line: secrets are a type that prints ***,
// and events hold ids by design; what slips through anyway, in the text of a library's
// error or a header that somebody logs, is masked here, in one place.
package scrub

import (
	"regexp"
	"strings"
)

// Mask is what stands where something was taken out.
const Mask = "***"

// A pattern is one sort of thing that is masked. Its hints are what each match
// contains, in lower case: a text without any of them costs no regular expression.
type pattern struct {
	hints   []string
	match   *regexp.Regexp
	replace string
}

// The patterns, in the order in which they apply: a URL's password stands before a
// host and would else be taken for an e-mail address.
var credentials = []pattern{
	// Our own tokens keep their id, which is no secret and finds the row.
	{[]string{"stoa_"}, regexp.MustCompile(`(?i)\b(stoa_[a-z]+_[0-9a-f]{32}_)[a-z2-7]+`), "${1}" + Mask},
	{[]string{"eyj"}, regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*`), Mask},
	{[]string{"private key"}, regexp.MustCompile(`(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)`), Mask},
	{[]string{"authorization", "x-auth-token"}, regexp.MustCompile(`(?i)\b((?:proxy-)?authorization|x-auth-token)(["']?[ \t]*[:=][ \t]*["'\[]?)(?:[a-z0-9-]+[ \t]+)?[a-z0-9._~+/=-]{8,}`), "${1}${2}" + Mask},
	{[]string{"cookie"}, regexp.MustCompile(`(?i)\b((?:set-)?cookie)(["']?[ \t]*[:=][ \t]*["'\[]?)[^\s=;"'\]*]+=[^\r\n"'\]]+`), "${1}${2}" + Mask},
	{[]string{"bearer", "basic"}, regexp.MustCompile(`(?i)\b(bearer|basic)[ \t]+[A-Za-z0-9._~+/=-]{16,}`), "${1} " + Mask},
	{[]string{"akia", "asia"}, regexp.MustCompile(`\b(?:AKIA|ASIA)[A-Z0-9]{16}\b`), Mask},
	{[]string{"aws_secret_access_key"}, regexp.MustCompile(`(?i)\b(aws_secret_access_key["']?[ \t]*[:=][ \t]*["']?)[A-Za-z0-9/+=]{16,}`), "${1}" + Mask},
	{[]string{"://"}, regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*://[^\s/:@?#"']*:)[^\s/@?#"'*][^\s/@?#"']*@`), "${1}" + Mask + "@"},
	{[]string{"token=", "secret=", "password=", "code=", "signature="}, regexp.MustCompile(`(?i)([?&](?:[a-z0-9]+[_-])*(?:token|secret|password|code|signature)=)[^\s&#"'*][^\s&#"']*`), "${1}" + Mask},
}

// Credentials masks what proves somebody's identity. It is for answers to a caller,
// who may be told the addresses that they are asking about.
func Credentials(s string) string { return mask(s, credentials) }

// Text masks credentials and e-mail addresses. A text that has none is returned as it is.
func Text(s string) string { return emails(mask(s, credentials)) }

func mask(s string, patterns []pattern) string {
	lower := ""
	for _, p := range patterns {
		for _, hint := range p.hints {
			if len(s) < len(hint) {
				continue
			}
			if lower == "" {
				lower = strings.ToLower(s)
			}
			if strings.Contains(lower, hint) {
				s = p.match.ReplaceAllString(s, p.replace)
				break
			}
		}
	}
	return s
}
